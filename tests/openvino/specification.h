// What OpenVINO's operation specifications (docs/…/operation-specs/**.rst) say of each operation that we write: a second, independent
// statement of ports and attributes, against which every written layer is checked.
#pragma once
#include <string>

#include "formats/openvino/model.h"

namespace lathe::openvino_data {

// "" or what of the layer is not as its specification says: unknown operation or set, number of ports, attributes that are
// missing, unknown or not among the values that there are, types of ports that must be whole numbers or alike.
std::string violation(const formats::openvino::Model& model, const formats::openvino::Layer& layer);

}  // namespace lathe::openvino_data
