// The stack machine that a pickle is a program for. Internal to the room.
#pragma once
#include <unordered_map>

#include "wire/pickle.h"

namespace lathe::wire {

class PickleMachine {
public:
    PickleMachine(Pickle& pickle, const PickleOptions& options) : pickle_(pickle), options_(options) {}
    Status run();

private:
    // Each runs the opcode if it is of its family. Result: whether it was.
    Result<bool> run_number(uint8_t opcode);
    Result<bool> run_text(uint8_t opcode);
    Result<bool> run_container(uint8_t opcode);
    Result<bool> run_stack(uint8_t opcode);
    Result<bool> run_object(uint8_t opcode);

    // Arguments that follow an opcode.
    Result<ByteSpan> take(uint64_t size);
    Result<uint64_t> take_unsigned(int bytes);      // little-endian
    Result<ByteSpan> take_counted(int count_bytes);  // a length, then that many bytes
    Result<std::string_view> take_line();            // up to a line feed, which is not part of it

    // The stack.
    Result<PickleRef> pop();
    Result<PickleNode*> top(PickleKind kind);  // which stays
    Result<std::vector<PickleRef>> pop_to_mark();
    Status push(PickleNode node);
    Status push_text(PickleKind kind, std::string_view text) { return push({.kind = kind, .text = text}); }
    Status push_made(PickleKind kind, std::string text);  // text that is not in the file
    Status push_int(int64_t value) { return push({.kind = PickleKind::kInt, .integer = value}); }
    Status push_long(ByteSpan bytes);
    Status push_line_number(std::string_view line);
    Status push_tuple(size_t count);
    Status push_global(std::string_view module, std::string_view name);
    Status push_call(PickleRef callee, PickleRef arguments);

    Status append(std::vector<PickleRef> items);
    Status set_items(std::vector<PickleRef> items);
    Status remember(uint64_t index);
    Status recall(uint64_t index);
    std::unexpected<Error> wrong(std::string_view what) const;

    PickleNode& node(PickleRef ref) { return pickle_.nodes_[ref]; }

    Pickle& pickle_;
    const PickleOptions& options_;
    size_t at_ = 0;         // next byte
    size_t opcode_at_ = 0;  // for messages
    bool stopped_ = false;
    std::vector<PickleRef> stack_;
    std::vector<size_t> marks_;  // stack sizes
    std::unordered_map<uint64_t, PickleRef> memo_;
};

}  // namespace lathe::wire
