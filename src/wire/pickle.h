// Python's pickle, protocols 0 to 5, read as data. Nothing is imported or called: a call becomes a node that says what
// would be called with what, and even that only for the names that the caller lists; every other name is an error.
// Sources: Python's pickletools (the opcodes and their arguments), PEP 307, PEP 3154, PEP 574.
//
// Nodes lie in one array and refer to each other by index, so shared and even cyclic objects cost nothing and nothing
// recurses here. Who walks them must bound the depth and the number of visits: a small pickle can describe a list that
// contains itself, or one whose full expansion has 2^100 elements.
#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace lathe::wire {

using PickleRef = uint32_t;  // the index of a node
inline constexpr PickleRef kNoPickle = 0xffffffff;

enum class PickleKind : uint8_t {
    kNone,
    kBool,  // integer: 0 or 1
    kInt,  // integer
    kBigInt,  // text: two's complement, little-endian, as stored; for what 64 bits cannot hold
    kFloat,  // number
    kText,  // text: UTF-8 (or, from Python 2, bytes of any encoding)
    kBytes,  // text: the bytes; also for bytearray
    kList,  // items
    kTuple,  // items
    kSet,  // items; also for frozenset
    kDict,  // items: key, value, key, value, …
    kGlobal,  // text: "module.name"
    kCall,  // callee(*items of arguments); then `items` and `state` as Python would add them to the new object
    kPersistent,  // arguments: the persistent id, which means something to the program that wrote it
};
std::string_view name_of(PickleKind kind);  // "a list", … for messages

struct PickleNode {
    PickleKind kind = PickleKind::kNone;
    bool items_are_pairs =
        false;  // kCall: key, value, … (a dictionary's subclass) rather than appended elements
    PickleRef callee = kNoPickle;  // kCall: the node of a kGlobal
    PickleRef arguments = kNoPickle;  // kCall: the node of a kTuple; kPersistent: any node
    PickleRef state = kNoPickle;  // kCall: what BUILD sets, usually a dictionary of attributes
    int64_t integer = 0;
    double number = 0;
    std::string_view text;
    std::vector<PickleRef> items;
};

struct PickleOptions {
    // The names that may appear, as "module.name".
    std::span<const std::string_view> allowed;
    // Names that begin with this may appear too; empty: none do.
    std::string_view allowed_prefix;
    // What a person can do about a refused name; empty: nothing is said.
    std::string (*way_out)(std::string_view name) = nullptr;
    size_t most_nodes = size_t{1} << 22;
};

class Pickle {
public:
    // Reads one pickle from the start of `bytes`; more may follow. Errors: cut off, an opcode that is unknown or finds the
    // wrong things on the stack, a name that is not allowed ("refused: …"), out-of-band buffers, extension codes, too
    // many nodes. Offsets in messages count from the start of `bytes`.
    static Result<Pickle> parse(const SharedBytes& bytes, const PickleOptions& options = {});

    PickleRef root() const { return root_; }
    const PickleNode& operator[](PickleRef ref) const { return nodes_[ref]; }
    size_t node_count() const { return nodes_.size(); }
    size_t size_bytes() const { return size_bytes_; }  // of the pickle, to find what follows it

    // A kCall's callee by name, or "".
    std::string_view callee_name(const PickleNode& call) const;
    // A kCall's arguments.
    std::span<const PickleRef> arguments(const PickleNode& call) const;
    // The value of a text key in a kDict (or in the pairs of a kCall), or kNoPickle.
    PickleRef find(const PickleNode& dict, std::string_view key) const;

private:
    friend class PickleMachine;

    SharedBytes bytes_;  // keeps the texts alive
    std::deque<std::string> made_texts_;  // those that are not in the file as they are
    std::deque<PickleNode> nodes_;
    PickleRef root_ = kNoPickle;
    size_t size_bytes_ = 0;
};

}  // namespace lathe::wire
