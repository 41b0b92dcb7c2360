// The opcodes that build containers and objects and move things on the stack.
#include <algorithm>

#include "base/text.h"
#include "wire/pickle_machine.h"

namespace lathe::wire {

Result<PickleNode*> PickleMachine::top(PickleKind kind) {
    const size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) return wrong("its stack is empty");
    PickleNode& found = node(stack_.back());
    if (found.kind != kind && found.kind != PickleKind::kCall)
        return wrong(format("{} where {} is needed", name_of(found.kind), name_of(kind)));
    return &found;
}

Status PickleMachine::push_tuple(size_t count) {
    std::vector<PickleRef> items(count);
    for (size_t i = count; i-- > 0;) {
        TRY(items[i], pop());
    }
    return push({.kind = PickleKind::kTuple, .items = std::move(items)});
}

Status PickleMachine::append(std::vector<PickleRef> items) {
    TRY(PickleNode* const list, top(PickleKind::kList));
    if (list->kind == PickleKind::kCall && list->items_are_pairs && !items.empty())
        return wrong("an object with both pairs and elements");
    list->items.insert(list->items.end(), items.begin(), items.end());
    return {};
}

Status PickleMachine::set_items(std::vector<PickleRef> items) {
    if (items.size() % 2 != 0) return wrong("a key without a value");
    TRY(PickleNode* const dict, top(PickleKind::kDict));
    if (dict->kind == PickleKind::kCall && !dict->items_are_pairs && !dict->items.empty())
        return wrong("an object with both pairs and elements");
    dict->items_are_pairs = true;
    dict->items.insert(dict->items.end(), items.begin(), items.end());
    return {};
}

Result<bool> PickleMachine::run_container(uint8_t opcode) {
    std::vector<PickleRef> items;
    const bool takes_marked =
        std::string_view("tldeu\x90\x91").find(static_cast<char>(opcode)) != std::string_view::npos;
    if (takes_marked) {
        TRY(items, pop_to_mark());
    }
    const auto pushed = [&](PickleKind kind) -> Result<bool> {
        TRY_STATUS(
            push({.kind = kind, .items_are_pairs = kind == PickleKind::kDict, .items = std::move(items)}));
        return true;
    };
    switch (opcode) {
        case ')':
        case 't': return pushed(PickleKind::kTuple);
        case ']':
        case 'l': return pushed(PickleKind::kList);
        case 0x8f:
        case 0x91: return pushed(PickleKind::kSet);
        case '}': return pushed(PickleKind::kDict);
        case 'd':
            if (items.size() % 2 != 0) return wrong("a key without a value");
            return pushed(PickleKind::kDict);
        case 0x85:
        case 0x86:
        case 0x87: TRY_STATUS(push_tuple(opcode - 0x84u)); return true;
        case 'a': {
            TRY(const PickleRef item, pop());
            TRY_STATUS(append({item}));
            return true;
        }
        case 'e': TRY_STATUS(append(std::move(items))); return true;
        case 's': {
            TRY(const PickleRef value, pop());
            TRY(const PickleRef key, pop());
            TRY_STATUS(set_items({key, value}));
            return true;
        }
        case 'u': TRY_STATUS(set_items(std::move(items))); return true;
        case 0x90: {
            TRY(PickleNode* const set, top(PickleKind::kSet));
            set->items.insert(set->items.end(), items.begin(), items.end());
            return true;
        }
        default: return false;
    }
}

Status PickleMachine::remember(uint64_t index) {
    if (stack_.empty()) return wrong("its stack is empty");
    memo_[index] = stack_.back();
    return {};
}

Status PickleMachine::recall(uint64_t index) {
    const auto it = memo_.find(index);
    if (it == memo_.end()) return wrong(format("it refers to object {}, which it has not stored", index));
    stack_.push_back(it->second);
    return {};
}

Result<bool> PickleMachine::run_stack(uint8_t opcode) {
    switch (opcode) {
        case '(': marks_.push_back(stack_.size()); return true;
        case '0': {
            if (!marks_.empty() && marks_.back() == stack_.size()) marks_.pop_back();
            else TRY_STATUS(pop());
            return true;
        }
        case '1': TRY_STATUS(pop_to_mark()); return true;
        case '2': {
            TRY(const PickleRef ref, pop());
            stack_.insert(stack_.end(), 2, ref);
            return true;
        }
        case 'p':
        case 'g': {
            TRY(const std::string_view line, take_line());
            int64_t index = 0;
            if (!parse_int(line, index) || index < 0) return wrong("no number of an object");
            TRY_STATUS(opcode == 'p' ? remember(static_cast<uint64_t>(index))
                                     : recall(static_cast<uint64_t>(index)));
            return true;
        }
        case 'q':
        case 'r': {
            TRY(const uint64_t index, take_unsigned(opcode == 'q' ? 1 : 4));
            TRY_STATUS(remember(index));
            return true;
        }
        case 'h':
        case 'j': {
            TRY(const uint64_t index, take_unsigned(opcode == 'h' ? 1 : 4));
            TRY_STATUS(recall(index));
            return true;
        }
        case 0x94: TRY_STATUS(remember(memo_.size())); return true;
        case '.': {
            TRY(pickle_.root_, pop());
            if (!stack_.empty() || !marks_.empty()) return wrong("it ends with more than one object");
            stopped_ = true;
            return true;
        }
        default: return false;
    }
}

Status PickleMachine::push_global(std::string_view module, std::string_view name) {
    std::string full = std::string(module) + "." + std::string(name);
    const bool has_prefix = !options_.allowed_prefix.empty() && full.starts_with(options_.allowed_prefix);
    if (!has_prefix &&
        std::ranges::find(options_.allowed, std::string_view(full)) == options_.allowed.end()) {
        const std::string way_out = options_.way_out != nullptr ? options_.way_out(full) : "";
        return fail("refused: the pickle calls '{}', which is not in the list of data constructors{}{}",
                    printable(full), way_out.empty() ? "" : "; ", way_out);
    }
    return push_made(PickleKind::kGlobal, std::move(full));
}

Status PickleMachine::push_call(PickleRef callee, PickleRef arguments) {
    if (node(callee).kind != PickleKind::kGlobal)
        return wrong(format("it calls {}, expected a name", name_of(node(callee).kind)));
    if (node(arguments).kind != PickleKind::kTuple)
        return wrong(format("it calls with {}, expected a tuple", name_of(node(arguments).kind)));
    return push({.kind = PickleKind::kCall, .callee = callee, .arguments = arguments});
}

Result<bool> PickleMachine::run_object(uint8_t opcode) {
    switch (opcode) {
        case 'c': {
            TRY(const std::string_view module, take_line());
            TRY(const std::string_view name, take_line());
            TRY_STATUS(push_global(module, name));
            return true;
        }
        case 0x93: {
            TRY(const PickleRef name, pop());
            TRY(const PickleRef module, pop());
            if (node(name).kind != PickleKind::kText || node(module).kind != PickleKind::kText)
                return wrong("a name that is no text");
            TRY_STATUS(push_global(node(module).text, node(name).text));
            return true;
        }
        case 'R':
        case 0x81: {
            TRY(const PickleRef arguments, pop());
            TRY(const PickleRef callee, pop());
            TRY_STATUS(push_call(callee, arguments));
            return true;
        }
        case 0x92: {
            TRY(const PickleRef named, pop());
            TRY(const PickleRef arguments, pop());
            TRY(const PickleRef callee, pop());
            if (node(named).kind != PickleKind::kDict || !node(named).items.empty())
                return wrong("an object made with named arguments, which no data constructor has");
            TRY_STATUS(push_call(callee, arguments));
            return true;
        }
        case 'i':
        case 'o': {
            // Protocol 0 and 1: class and arguments lie behind a mark, or the class is named here.
            if (opcode == 'i') {
                TRY(const std::string_view module, take_line());
                TRY(const std::string_view name, take_line());
                TRY(std::vector<PickleRef> items, pop_to_mark());
                TRY_STATUS(push_global(module, name));
                TRY_STATUS(push({.kind = PickleKind::kTuple, .items = std::move(items)}));
            } else {
                TRY(std::vector<PickleRef> items, pop_to_mark());
                if (items.empty()) return wrong("an object without a class");
                stack_.push_back(items.front());
                items.erase(items.begin());
                TRY_STATUS(push({.kind = PickleKind::kTuple, .items = std::move(items)}));
            }
            TRY(const PickleRef arguments, pop());
            TRY(const PickleRef callee, pop());
            TRY_STATUS(push_call(callee, arguments));
            return true;
        }
        case 'b': {
            TRY(const PickleRef state, pop());
            TRY(PickleNode* const object, top(PickleKind::kCall));
            object->state = state;
            return true;
        }
        case 'P': {
            TRY(const std::string_view line, take_line());
            TRY_STATUS(push_text(PickleKind::kText, line));
            TRY(const PickleRef id, pop());
            TRY_STATUS(push({.kind = PickleKind::kPersistent, .arguments = id}));
            return true;
        }
        case 'Q': {
            TRY(const PickleRef id, pop());
            TRY_STATUS(push({.kind = PickleKind::kPersistent, .arguments = id}));
            return true;
        }
        case 0x82:
        case 0x83:
        case 0x84: return wrong("an extension code, which only the program that wrote it understands");
        case 0x97:
        case 0x98: return wrong("it needs buffers from outside the file");
        default: return false;
    }
}

}  // namespace lathe::wire
