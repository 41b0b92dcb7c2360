// Which models to try: LATHE_TIMM holds patterns of model or family names, separated by commas ("resnet*,vgg"). Unset: all.
#pragma once
#include <fnmatch.h>

#include <cstdlib>
#include <string>

#include "base/text.h"

namespace lathe::timm_test {

inline bool chosen_by_environment(const std::string& name, const std::string& family) {
    const char* patterns = std::getenv("LATHE_TIMM");
    if (patterns == nullptr) return true;
    for (const std::string_view pattern : split(patterns, ','))
        if (fnmatch(std::string(pattern).c_str(), name.c_str(), 0) == 0 || pattern == family) return true;
    return false;
}

}  // namespace lathe::timm_test
