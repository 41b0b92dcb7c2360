#include "pipeline/make_net.h"

#include "formats/katago/katago.h"
#include "zoo/katago/katago.h"

namespace lathe::pipeline {

Status make_net(const NetShape& shape, const std::string& path) {
    const auto records =
        zoo::katago::make_demo_net({.blocks = shape.blocks, .channels = shape.channels, .seed = shape.seed});
    return formats::write_katago(records, path);
}

}  // namespace lathe::pipeline
