// A BIO over two buffers of the engine. OpenSSL reads records from one and writes them to the other, without a copy.
//
//     prepare() ─▶ [ consumed | unread | free ] ◀─ network       take() ─▶ OpenSSL
//                            begin_  end_   capacity_
#pragma once

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

/// Received bytes that OpenSSL has not read yet. The buffer is small while little arrives.
class Intake {
public:
    boost::asio::mutable_buffer prepare();
    std::string_view commit(std::size_t n);  ///< returns the new bytes
    void append(std::string_view bytes);

    /// Copies up to `size` bytes and removes them; returns their number.
    std::size_t take(char* into, std::size_t size);
    std::size_t size() const noexcept { return end_ - begin_; }

private:
    void make_room(std::size_t size);

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
    bool much_comes_ = false;  // the last read filled the buffer
};

/// The two buffers of a connection.
struct Buffers {
    Intake incoming;
    std::string outgoing;
};

/// Makes a BIO over the buffers, which must outlive it. Reading from an empty buffer means "retry", never the end.
BIO* make_bio(Buffers& buffers);

}  // namespace pathology::proxycore::tls
