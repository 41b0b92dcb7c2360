// Writes pickles of protocol 2, opcode by opcode: those that torch.save and TorchScript's own reader know.
// The caller keeps the stack in mind; the comments say what each call takes from it and leaves on it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace lathe::wire {

class PickleWriter {
public:
    PickleWriter() : out_("\x80\x02") {}

    // Values: leave one object.
    void none() { out_ += 'N'; }
    void boolean(bool value) { out_ += value ? '\x88' : '\x89'; }
    void integer(int64_t value);
    void number(double value);
    void text(std::string_view utf8);                               // fewer than 2^32 bytes
    void global(std::string_view module, std::string_view name);  // neither has a line feed
    void empty_list() { out_ += ']'; }
    void empty_dict() { out_ += '}'; }
    void empty_tuple() { out_ += ')'; }

    void mark() { out_ += '('; }
    void tuple() { out_ += 't'; }      // mark, objects -> tuple
    void appends() { out_ += 'e'; }    // list, mark, objects -> list
    void set_items() { out_ += 'u'; }  // dict, mark, key, value, … -> dict
    void reduce() { out_ += 'R'; }     // callable, tuple -> object
    void new_object() { out_ += '\x81'; }  // class, tuple -> object
    void build() { out_ += 'b'; }      // object, state -> object
    void persistent() { out_ += 'Q'; }  // id -> object
    void put(uint32_t index);          // remembers the object on top
    void get(uint32_t index);          // -> that object
    void stop() { out_ += '.'; }       // object -> the end

    const std::string& bytes() const { return out_; }

private:
    std::string out_;
};

}  // namespace lathe::wire
