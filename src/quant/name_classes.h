// What a layer is, by its name: the layers that are better left as they are when no preset says so.
#pragma once
#include <span>
#include <string_view>

namespace lathe::quant {

struct NameClass {
    std::string_view pattern;  // searched for in the layer's name (without ".weight")
    std::string_view why;  // "input projection"
    bool in_blocks;  // also within repeated blocks, which are those behind a number: "blocks.3.norm"
    bool
        lookup;  // rows are looked up, not multiplied; loaders take tables in fp8 or int8 by tensor or row only
    bool only_packed;  // concerns formats alone that change the weight's shape
};
std::span<const NameClass> name_classes();

// The first class the layer belongs to, or nullptr. `packed`: the format that is meant changes the weight's shape.
const NameClass* class_of(std::string_view layer, bool packed);

}  // namespace lathe::quant
