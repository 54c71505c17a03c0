// A blocking client over a raw connection, for tests that care about each byte. Every wait ends after twenty seconds.
#pragma once

#include <cstdint>
#include <memory>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <string_view>

namespace pathology::pathod::test {

class Client {
public:
    explicit Client(std::uint16_t port);  ///< throws when nobody listens
    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    Client& send(std::string_view bytes);
    /// Sends until the daemon has read nothing for 200 ms, or 64 MiB. Returns the number of bytes.
    std::size_t send_until_full();
    /// Says that nothing more will be sent.
    Client& half_close();
    /// Closes the connection in a way the server notices at once.
    void reset();

    /// What arrives, until it has at least `size` bytes, the server ends the connection, or twenty seconds of
    /// silence pass.
    std::string read(std::size_t size);
    /// All that arrives until the server ends the connection; ends in `[timeout]` when it does not, `[error]` when it
    /// breaks.
    std::string read_to_end();
    /// Sends, says that this is all, and reads to the end.
    std::string ask(std::string_view bytes);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// What arrives until this text has; what there was, when the server ends before or says nothing for long. Bytes behind
/// the text may have come with it.
std::string read_until(Client& client, std::string_view text);

/// The text with `from CLIENT` for `from 127.0.0.1:PORT`, as pages and logs name the client.
std::string without_port(std::string const& text);

}  // namespace pathology::pathod::test
