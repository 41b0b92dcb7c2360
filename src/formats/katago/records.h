// Records: one pass over a network's records in the order of the file. layout.cpp says what follows what; a Records
// either reads that from a file into a description (reader.cpp) or writes a description to a file (writer.cpp).
// The first error sticks: later calls do nothing and give harmless values, so that a layout reads straight through.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/shape.h"

namespace lathe::formats::katago {

class Records {
public:
    virtual ~Records() = default;

    // Leaves the record at the end of the block.
    class [[nodiscard]] Scope {
    public:
        explicit Scope(Records& records) : records_(records) {}
        Scope(const Scope&) = delete;
        ~Scope() { records_.leave(); }

    private:
        Records& records_;
    };
    Scope enter(std::string_view key);  // the record (or group) `key` of the present one
    Scope enter(std::string_view key, int64_t index);  // entry `index` of the list `key`

    // Members of the present record: what the file, or the description, has under that key.
    virtual std::string word(std::string_view key) = 0;
    virtual int64_t integer(std::string_view key, int64_t low, int64_t high) = 0;
    virtual double number(std::string_view key) = 0;  // above 0 and finite
    virtual int64_t list(std::string_view key, int64_t low,
                         int64_t high) = 0;  // the length; entries come by enter()
    virtual void reserved(int count) = 0;  // zeros that later versions may give a meaning
    // shape: as the file stores it, row-major; view: which axis of it each axis of the tensor is.
    virtual void floats(std::string_view key, const Shape& shape, std::span<const int> view) = 0;
    virtual void end() = 0;

    std::string name();  // word("name"), and the layer's name in messages from here on
    bool flag(std::string_view key) { return integer(key, 0, 1) != 0; }
    void expect_channels(std::string_view what, int64_t found, int64_t expected);

    bool ok() const { return !error_; }
    const Error& error() const { return *error_; }
    void fail_here(std::string_view message);  // with the record's path and name in front

protected:
    virtual void entered(std::string_view key, int64_t index) = 0;  // index -1: not a list
    virtual void left() = 0;
    std::string path_of(std::string_view key) const;  // "trunk.blocks.0.conv.weight"

private:
    void leave();

    struct Level {
        std::string key, name;
    };
    std::vector<Level> levels_;
    std::optional<Error> error_;
};

// The whole file.
void network_records(Records& records);

}  // namespace lathe::formats::katago
