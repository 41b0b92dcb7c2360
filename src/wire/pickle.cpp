#include "wire/pickle.h"

#include "wire/pickle_machine.h"

namespace lathe::wire {

std::string_view name_of(PickleKind kind) {
    constexpr std::string_view kNames[] = {"None",         "a bool", "an int",    "a big int",      "a float",
                                           "text",         "bytes",  "a list",    "a tuple",        "a set",
                                           "a dictionary", "a name", "an object", "a stored object"};
    return kNames[static_cast<size_t>(kind)];
}

Result<Pickle> Pickle::parse(const SharedBytes& bytes, const PickleOptions& options) {
    Pickle pickle;
    pickle.bytes_ = bytes;
    TRY_STATUS(PickleMachine(pickle, options).run());
    return pickle;
}

std::string_view Pickle::callee_name(const PickleNode& call) const {
    return call.callee == kNoPickle ? std::string_view() : nodes_[call.callee].text;
}

std::span<const PickleRef> Pickle::arguments(const PickleNode& call) const {
    if (call.arguments == kNoPickle) return {};
    return nodes_[call.arguments].items;
}

PickleRef Pickle::find(const PickleNode& dict, std::string_view key) const {
    if (dict.kind != PickleKind::kDict && !dict.items_are_pairs) return kNoPickle;
    for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
        const PickleNode& found = nodes_[dict.items[i]];
        if (found.kind == PickleKind::kText && found.text == key) return dict.items[i + 1];
    }
    return kNoPickle;
}

}  // namespace lathe::wire
