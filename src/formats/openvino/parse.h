// The two files of OpenVINO's intermediate representation, checked and put in order.
#pragma once
#include "base/bytes.h"
#include "formats/openvino/model.h"

namespace lathe::formats::openvino {

// Version 10 or 11, one network without bodies inside its layers. Every layer stands behind those that it reads, parameters in
// front in the file's order and results behind in theirs. Constants are views of `weights`.
// Errors: not well-formed, ids or ports that do not fit together, a cycle, constants outside of the weights.
Result<Model> parse(std::string_view xml, const SharedBytes& weights);

// "1, 2,3" as whole numbers. Errors: something else.
Result<std::vector<int64_t>> parse_ints(std::string_view text);

}  // namespace lathe::formats::openvino
