#include "redis/reply.hpp"

#include <hiredis/hiredis.h>

#include <pathology/proxycore/http/escaped.hpp>
#include <utility>

namespace pathology::proxycore::redis {
namespace {

constexpr std::size_t max_reply = 32 * 1024;
constexpr std::size_t max_elements = 1024;

redisReplyObjectFunctions const& standard_functions() {
    static redisReplyObjectFunctions const functions = [] {
        std::unique_ptr<redisReader, decltype(&redisReaderFree)> const reader(redisReaderCreate(), &redisReaderFree);
        return *reader->fn;
    }();
    return functions;
}

/// hiredis allocates a list by its announced size before its elements arrive. The type of `count` differs between its versions.
template <class Count> void* create_bounded_array(redisReadTask const* task, Count count) {
    if (count < 0 || static_cast<std::size_t>(count) > max_elements) return nullptr;
    return standard_functions().createArray(task, count);
}

/// Precondition: hiredis has bounded the nesting.
Reply read(redisReply const& from) {
    Reply reply;
    switch (from.type) {
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS: reply = {Reply::Kind::text, {from.str, static_cast<std::size_t>(from.len)}}; break;
        case REDIS_REPLY_ERROR: reply = {Reply::Kind::error, {from.str, static_cast<std::size_t>(from.len)}}; break;
        case REDIS_REPLY_INTEGER: reply = {Reply::Kind::integer, {}, from.integer}; break;
        case REDIS_REPLY_ARRAY:
            reply.kind = Reply::Kind::list;
            for (std::size_t i = 0; i < from.elements; ++i) reply.list.push_back(read(*from.element[i]));
            break;
        default: break;
    }
    return reply;
}

}  // namespace

void append(std::string& out, Command const& command) {
    std::vector<char const*> parts;
    std::vector<std::size_t> sizes;
    for (auto const& part : command) {
        parts.push_back(part.data());
        sizes.push_back(part.size());
    }
    char* bytes = nullptr;
    auto const size = redisFormatCommandArgv(&bytes, static_cast<int>(parts.size()), parts.data(), sizes.data());
    if (size < 0) throw std::bad_alloc();
    std::unique_ptr<char, decltype(&redisFreeCommand)> const owner(bytes, &redisFreeCommand);
    out.append(bytes, static_cast<std::size_t>(size));
}

ReplyReader::ReplyReader() : functions_(standard_functions()) {
    functions_.createArray = &create_bounded_array;
    reader_.reset(redisReaderCreateWithFunctions(&functions_));
    if (!reader_) throw std::bad_alloc();
}

bool ReplyReader::feed(std::string_view bytes) {
    if (!why_.empty()) return false;
    unread_ += bytes.size();
    if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) {
        why_ = "its reply cannot be stored";
        return false;
    }
    return next_ || read_one();
}

/// Returns false after a failure.
bool ReplyReader::read_one() {
    void* found = nullptr;
    if (redisReaderGetReply(reader_.get(), &found) != REDIS_OK) {
        bool const is_too_long = reader_->err == REDIS_ERR_OOM;
        why_ = is_too_long ? "its reply is a list of more than " + std::to_string(max_elements) + " elements"
                           : "its reply is not valid: " + http::terminal_text(reader_->errstr);
        return false;
    }
    if (found == nullptr) {
        if (unread_ > max_reply) why_ = "its reply is longer than " + std::to_string(max_reply) + " bytes";
        return why_.empty();
    }
    std::unique_ptr<void, decltype(&freeReplyObject)> const owner(found, &freeReplyObject);
    next_ = read(*static_cast<redisReply const*>(found));
    unread_ = reader_->len - reader_->pos;
    return true;
}

std::optional<Reply> ReplyReader::next() {
    auto reply = std::exchange(next_, std::nullopt);
    if (reply) read_one();
    return reply;
}

}  // namespace pathology::proxycore::redis
