// A certificate for servers that other people wrote.
#pragma once

#include <stdexcept>
#include <string>

#include "support/folder.hpp"
#include "support/process.hpp"

namespace pathology::integration {

/// It vouches for itself, and is good for 127.0.0.1, ::1, localhost and origin.test.
class Certificate {
public:
    explicit Certificate(std::string const& subject = "/CN=origin.test") {
        auto const made =
            test::run("openssl", {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                                  "-keyout", key(), "-out", file(), "-days", "3", "-utf8", "-subj", subject, "-addext",
                                  "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost,DNS:origin.test"});
        if (made.status != 0) throw std::runtime_error("openssl makes no certificate: " + made.err);
    }

    std::string file() const { return (folder_.path() / "cert.pem").string(); }
    std::string key() const { return (folder_.path() / "key.pem").string(); }
    /// What both files say, as programs want it that take one file.
    std::string text() const { return folder_.read("key.pem") + folder_.read("cert.pem"); }

private:
    test::Folder folder_;
};

}  // namespace pathology::integration
