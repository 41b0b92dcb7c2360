// ExecuTorch's portable kernels (kernels/portable/functions.yaml) as the operators of aten that they stand for.
//
// A kernel's arguments are its parameters, none left out, then its results, then what it returns: the result again, or a
// list of several results.
#pragma once
#include <span>
#include <string_view>

#include "formats/torch/schema.h"

namespace lathe::formats::executorch {

struct Kernel {
    std::string_view name;  // with its overload: "add.out"
    // The operator that it stands for, with the kernel's own parameters in their order (in the notation of
    // formats/torch/schema.h; these keep their defaults only where aten has them).
    std::string_view schema;
    int results = 1;  // 0: one list of tensors
    bool typed = false;  // `dtype` of the operator is the element type of the result
    std::string_view space = "aten";
};

std::span<const Kernel> all_kernels();
// nullptr: none that we know. `name` is "aten::add", `overload` "out".
const Kernel* find_kernel(std::string_view name, std::string_view overload);
// Of an operator: "add.Tensor". The first that stands for it.
const Kernel* kernel_for(std::string_view op);
const torch::Schema& schema_of(const Kernel& kernel);  // parsed once

}  // namespace lathe::formats::executorch
