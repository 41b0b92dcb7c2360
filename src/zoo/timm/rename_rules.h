// The language of the rename tables, and the tables.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::zoo::timm {

// Replaces every occurrence of `from` in a name. In `from`, # stands for a number, ^ at the start and $ at the end for
// the name's ends. In `to`, {0} is the first number, {0+1} one more, {0-1} one less, {0/2} half of it, rounded down.
// "!" as `to` drops the tensor. Rules are applied one after the other.
struct Rename {
    std::string_view from, to;
};
std::string renamed(std::string name, std::span<const Rename> rules, bool& dropped);

// What happens to values besides the name; `name` is a pattern as above, of the new name.
enum class Change : uint8_t {
    kTranspose,  // [a, b] -> [b, a]
    kFlatten,  // to one axis
    kAddAxis,  // a leading axis of 1
    kAddTwoAxes,  // two of them
    kDropAxis,  // a leading axis of 1 goes
    kLogOfInverse,  // log(1 / x)
    kAbsPlusEpsilon,  // |x| + 1e-5
    kSplitQkv,  // [3n, …] becomes three tensors: "qkv" in the name is q, k and v in turn
};
struct TensorRule {
    std::string_view name;
    Change change;
};

// A spelling of a family's names elsewhere. It is recognised by a tensor that it has and timm's spelling does not.
struct Spelling {
    std::string_view origin;  // for people: "OpenAI's CLIP"
    std::string_view trigger;  // a name
    std::string_view prefix;  // only names that start with it are kept, without it; empty: all are
    std::span<const Rename> rules;
    std::span<const TensorRule> tensors = {};
    std::string_view zero_bias = {};  // a weight whose bias is not in the file: zeros are added
    // Blocks that are numbered through: names that start with "numbered.N" become "stages.S.blocks.M", for stages of so
    // many blocks. Before the rules.
    std::string_view numbered = {};
    std::span<const int> depths = {};
    // The class token's position, the first row of pos_embed, becomes part of cls_token.
    bool fold_class_position = false;
};
std::span<const Spelling> all_spellings();

}  // namespace lathe::zoo::timm
