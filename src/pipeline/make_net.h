// Networks made by rule, to try things on without a download.
#pragma once
#include "base/result.h"

namespace lathe::pipeline {

struct NetShape {
    int64_t blocks = 6, channels = 64;
    uint64_t seed = 1;
};

// A KataGo-shaped network as a KataGo file; the end of the path chooses .bin, .bin.gz, .txt or .txt.gz.
Status make_net(const NetShape& shape, const std::string& path);

}  // namespace lathe::pipeline
