// CHECK: a contradiction in our own code, never in a user's data. Prints the place and aborts, in every build.
// DCHECK: the same, in builds with asserts only (presets dev, asan, tsan).
#pragma once
#include <string_view>

namespace lathe {
[[noreturn]] void check_failed(const char* file, int line, const char* condition, std::string_view note = {});
}  // namespace lathe

#define CHECK(condition, ...)                                                                 \
    do {                                                                                      \
        if (!(condition)) [[unlikely]]                                                        \
            ::lathe::check_failed(__FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__); \
    } while (false)

#ifdef NDEBUG
#define DCHECK(condition, ...) ((void)0)
#else
#define DCHECK(condition, ...) CHECK(condition, __VA_ARGS__)
#endif
