// Result<T>: what every function returns that can fail because of something outside the program (a file, a user's words).
// An Error is one sentence for a person: where, what was found, what was expected and, when there is one, the way out.
// It is returned where the bad thing is met; the border of a room adds `where` in front. It is never thrown.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/format.h"

namespace lathe {

struct Error {
    std::string message;

    // The same error with a place in front: `at("model.pt@0x40")` gives "model.pt@0x40: message".
    Error at(std::string_view where) const { return Error{std::string(where) + ": " + message}; }
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

// return fail("tensor '{}' has {} dimensions, expected {}", name, found, expected);
template <class... Args>
[[nodiscard]] std::unexpected<Error> fail(format_string<Args...> text, Args&&... args) {
    return std::unexpected(Error{fmt::vformat(text, fmt::make_format_args(args...))});
}

// Prefixes the error of `result`, if it has one.
template <class T>
Result<T> with_place(Result<T> result, std::string_view where) {
    if (!result) return std::unexpected(result.error().at(where));
    return result;
}

}  // namespace lathe

#define LATHE_JOIN2(a, b) a##b
#define LATHE_JOIN(a, b) LATHE_JOIN2(a, b)

// TRY(auto x, f()):  x = value of f(), or return its error from the enclosing function.
#define TRY(declaration, expression) TRY_IMPL(LATHE_JOIN(try_result_, __LINE__), declaration, expression)
#define TRY_IMPL(name, declaration, expression)                 \
    auto name = (expression);                                   \
    if (!name) return std::unexpected(std::move(name).error()); \
    declaration = *std::move(name)

// TRY_STATUS(f()):  return the error of f() if it has one; its value, if any, is dropped.
#define TRY_STATUS(expression)                                     \
    do {                                                           \
        if (auto try_status = (expression); !try_status)           \
            return std::unexpected(std::move(try_status).error()); \
    } while (false)
