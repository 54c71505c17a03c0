// libcurl in a few lines: the client under test.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace pathology::testkit::test {

/// What curl made of a response.
struct Fetched {
    CURLcode code = CURLE_OK;
    long status = 0;
    std::string body;

    bool complete() const { return code == CURLE_OK; }
};

/// One handle: it keeps its connection from call to call. A transfer ends after ten seconds.
class Curl {
public:
    Curl() : handle_(curl_easy_init(), curl_easy_cleanup) {
        if (!handle_) throw std::runtime_error("libcurl gives no handle");
        set(CURLOPT_TIMEOUT_MS, 10'000L);
        set(CURLOPT_NOSIGNAL, 1L);
    }

    template <class Value> Curl& set(CURLoption option, Value value) {
        curl_easy_setopt(handle_.get(), option, value);
        return *this;
    }

    Fetched get(std::string const& url) { return perform(url); }

    Fetched put(std::string const& url, std::string const& body = {}) {
        set(CURLOPT_CUSTOMREQUEST, "PUT");
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        set(CURLOPT_COPYPOSTFIELDS, body.c_str());
        return perform(url);
    }

private:
    Fetched perform(std::string const& url) {
        Fetched fetched;
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_WRITEDATA, &fetched.body);
        set(CURLOPT_WRITEFUNCTION, &append);
        fetched.code = curl_easy_perform(handle_.get());
        curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &fetched.status);
        return fetched;
    }

    static std::size_t append(char const* bytes, std::size_t size, std::size_t count, void* into) {
        static_cast<std::string*>(into)->append(bytes, size * count);
        return size * count;
    }

    std::unique_ptr<CURL, void (*)(CURL*)> handle_;
};

}  // namespace pathology::testkit::test
