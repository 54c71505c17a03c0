// The client under test of the recipes: libcurl behind the few functions that they need.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "support/curl.hpp"

/// What came of a URL.
struct Fetched {
    long status = 0;
    std::string body;
    bool complete = false;
    bool timed_out = false;
};

/// A client that keeps its connection from call to call.
class Session {
public:
    explicit Session(std::chrono::milliseconds patience = std::chrono::seconds(10)) {
        curl_.set(CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
        curl_.set(CURLOPT_FOLLOWLOCATION, 1L);
    }

    /// Trusts the certificates in this PEM file, and no others.
    void trust(std::string const& file) { curl_.set(CURLOPT_CAINFO, file.c_str()); }

    /// Goes through the proxy of this URL, also to this machine.
    void use_proxy(std::string const& url) {
        curl_.set(CURLOPT_PROXY, url.c_str());
        curl_.set(CURLOPT_NOPROXY, "");
    }

    void prefer_http2() { curl_.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS}); }

    Fetched fetch(std::string const& url) { return reported(curl_.get(url)); }
    Fetched upload(std::string const& url, std::string const& body) { return reported(curl_.put(url, body)); }

private:
    static Fetched reported(pathology::testkit::test::Fetched const& got) {
        return {got.status, got.body, got.complete(), got.code == CURLE_OPERATION_TIMEDOUT};
    }

    pathology::testkit::test::Curl curl_;
};

inline Fetched fetch(std::string const& url, std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    return Session(patience).fetch(url);
}

inline Fetched fetch_trusting(std::string const& file, std::string const& url) {
    Session session;
    session.trust(file);
    return session.fetch(url);
}

/// Tries again until a response is complete and no server error.
inline Fetched fetch_with_retries(std::string const& url, int attempts) {
    Session session;
    auto fetched = session.fetch(url);
    for (int i = 1; i < attempts && !(fetched.complete && fetched.status < 500); ++i) fetched = session.fetch(url);
    return fetched;
}
