// The reference data on timm: every name with its tensors, and the answers of some models.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "zoo/nn/weights.h"
#include "zoo/timm/models.h"

namespace lathe::timm_test {

// Nothing of this exists where the project was cloned alone: tests print the reason and skip.
bool have_reference();
// Calls visit with the line of every one of the names, in the file's order.
Status for_each_name(const std::function<void(const Json&)>& visit);
std::vector<zoo::nn::Entry> entries_of(const Json& state);
std::vector<std::string> answer_names();        // sorted
Result<Json> read_answer(const std::string& name);

// The smallest name of a family that has classes; nullptr: none has.
const zoo::timm::Model* smallest_of(std::string_view family);

}  // namespace lathe::timm_test
