#include <pathology/proxycore/addons/term_log.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <pathology/proxycore/addons/host.hpp>
#include <pathology/proxycore/http/escaped.hpp>

#include "addons/paint.hpp"

namespace pathology::proxycore::addons {
namespace {

constexpr std::array levels{LogLevel::error, LogLevel::warn, LogLevel::alert, LogLevel::info, LogLevel::debug};

/// "[12:34:56.789]"
std::string moment(flow::Time now) {
    auto const time = flow::Time::clock::to_time_t(now);
    std::tm parts{};
    ::localtime_r(&time, &parts);
    auto const whole = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    auto const rest = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch() - whole);
    std::array<char, 64> text{};
    auto const length = std::snprintf(text.data(), text.size(), "[%02d:%02d:%02d.%03d]", parts.tm_hour, parts.tm_min,
                                      parts.tm_sec, static_cast<int>(rest.count()));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string_view colour_of(LogLevel level) {
    switch (level) {
        case LogLevel::error: return sgr::red;
        case LogLevel::warn: return sgr::yellow;
        case LogLevel::alert: return sgr::magenta;
        case LogLevel::info:
        case LogLevel::debug: break;
    }
    return sgr::plain;
}

}  // namespace

void TermLog::load(Host& host) {
    TextList choices;
    for (auto const level : levels) choices.emplace_back(to_string(level));
    host.option("termlog_verbosity", verbosity_, "Lowest level of log lines that are shown.", choices);
}

void TermLog::configure(Options const& /*options*/, std::set<std::string> const& /*changed*/) {
    level_ =
        *std::find_if(levels.begin(), levels.end(), [&](LogLevel level) { return to_string(level) == verbosity_; });
}

void TermLog::log(LogEntry const& entry) {
    if (entry.level > level_) return;
    auto line = moment(now_());
    // Messages quote bytes of peers.
    if (!entry.client.empty()) line += "[" + http::terminal_text(entry.client) + "]";
    line += ' ';
    append_painted(line, sink_.is_terminal, colour_of(entry.level), http::terminal_text(entry.message));
    sink_.write(line += '\n');
}

}  // namespace pathology::proxycore::addons
