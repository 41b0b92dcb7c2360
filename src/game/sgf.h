// SGF text as a tree of nodes with properties. Text only: what the properties mean for a game is
// game_record.h. Source: SGF FF[4] user guide and specification (red-bean.com/sgf): escapes, line breaks and
// SimpleText white space; lower-case letters in property names, as FF[3] wrote them, are dropped.
//
// Files from anywhere are read: leading mail headers or a byte-order mark before the first "(;" are skipped,
// and only the first game of a collection is kept. Nesting is not recursive, so its depth does not matter;
// sizes have limits.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lathe::game {

inline constexpr size_t kMaxSgfBytes = size_t{16} << 20;
inline constexpr size_t kMaxSgfNodes = 400000;

struct SgfProperty {
    std::string name;
    std::vector<std::string> values;  // unescaped; at least one
    size_t offset_bytes = 0;          // of the name in the text, for errors
};

struct SgfNode {
    std::vector<SgfProperty> properties;
    int parent = -1;
    int first_child = -1;   // the main variation
    int next_sibling = -1;  // the next variation
    size_t offset_bytes = 0;

    const SgfProperty* find(std::string_view name) const;
    // The first value, or nullptr.
    const std::string* value(std::string_view name) const;
};

struct SgfTree {
    std::vector<SgfNode> nodes;  // nodes[0] is the root; parents come before children

    // The indices of the main line: from the root, always the first variation. (KataGo takes the longest
    // instead.)
    std::vector<int> main_line() const;
};

// Errors name the byte offset: no game in the text, an unclosed value or tree, a property without value, a
// tree without nodes, text outside of properties, limits exceeded.
Result<SgfTree> parse_sgf(std::string_view text);

}  // namespace lathe::game
