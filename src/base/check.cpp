#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace lathe {

void check_failed(const char* file, int line, const char* condition, std::string_view note) {
    std::fprintf(stderr, "%s:%d: internal contradiction: %s is false%s%.*s\n", file, line, condition,
                 note.empty() ? "" : ": ", static_cast<int>(note.size()), note.data());
    std::abort();
}

}  // namespace lathe
