// Precompiled for every library of ours: the parts of the standard library that most sources include. A source still
// includes what it uses: the release is built without precompiled headers.
#pragma once

#include <algorithm>
#include <array>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
