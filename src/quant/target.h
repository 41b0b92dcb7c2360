// What a Target is in words, and whether it can be at all.
#pragma once
#include <string>
#include <string_view>

#include "quant/select.h"

namespace lathe::quant {

// "nvfp4", "bf16", "keep".
std::string name_of(const Target& target);
// Errors: settings that no matrix could be stored with ("only int8 scaled by row can be rotated"), naming the format.
Status check_target(const Target& target);
// Every name that target_named takes: "fp8_e4m3, …, fp16, bf16, fp32, keep".
std::string target_names();

}  // namespace lathe::quant
