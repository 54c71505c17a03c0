// Where OpenSSL reads records from and writes them to: two buffers of the engine, without a copy of their own.
#pragma once

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

/// Bytes that came and are not used up. Its room is small while little comes, large while much does.
class Intake {
public:
    boost::asio::mutable_buffer prepare();
    std::string_view commit(std::size_t n);  ///< gives the bytes that have come
    void append(std::string_view bytes);

    /// Takes up to `size` bytes; gives how many.
    std::size_t take(char* into, std::size_t size);
    std::size_t size() const noexcept { return end_ - begin_; }

private:
    void make_room(std::size_t size);

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
    bool much_comes_ = false;  // the last read filled its room
};

/// The two buffers of a connection.
struct Buffers {
    Intake incoming;
    std::string outgoing;
};

/// Makes a BIO over the buffers, which must outlive it. Reading from an empty one means "later", never the end.
BIO* make_bio(Buffers& buffers);

}  // namespace pathology::proxycore::tls
