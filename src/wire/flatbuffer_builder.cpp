#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/format.h"
#include "wire/flatbuffer.h"

namespace lathe::wire {
namespace {

constexpr uint64_t kLimit = uint64_t{1} << 31;
constexpr uint64_t kHeaderBytes = 8;

uint64_t aligned(uint64_t position, uint64_t alignment) {
    return (position + alignment - 1) / alignment * alignment;
}

// Where the fields of a table lie in it: the widest first, so that none needs padding after the first of its width.
struct TableShape {
    std::vector<uint16_t> vtable;  // as in the file, the two sizes included
    size_t size_bytes = 4;
    size_t alignment = 4;
};

TableShape shape_of(const std::vector<FlatField>& fields) {
    TableShape shape;
    int slots = 0;
    for (const FlatField& field : fields) slots = std::max(slots, field.slot + 1);
    shape.vtable.assign(static_cast<size_t>(slots) + 2, 0);
    for (const size_t width : {size_t{8}, size_t{4}, size_t{2}, size_t{1}})
        for (const FlatField& field : fields) {
            if (std::max<size_t>(field.size_bytes == 0 ? 4 : field.size_bytes, 1) != width) continue;
            shape.size_bytes = aligned(shape.size_bytes, width);
            shape.vtable[static_cast<size_t>(field.slot) + 2] = static_cast<uint16_t>(shape.size_bytes);
            shape.size_bytes += width;
            shape.alignment = std::max(shape.alignment, width);
        }
    shape.vtable[0] = static_cast<uint16_t>(2 * shape.vtable.size());
    shape.vtable[1] = static_cast<uint16_t>(shape.size_bytes);
    return shape;
}

}  // namespace

struct FlatBuilder::Layout {
    std::vector<uint64_t> positions;  // of objects
    std::vector<uint64_t> vtables;  // of tables: where theirs lies
    std::vector<TableShape> shapes;
    std::vector<bool> owns_vtable;  // it lies right in front of the table
    uint64_t size_bytes = 0;
};

size_t FlatBuilder::small(size_t count, size_t element_bytes, std::string bytes) {
    Object object{.kind = Object::Kind::kNumbers, .alignment = std::max<size_t>(element_bytes, 4), .lead = 4};
    store_le(object.head, static_cast<uint32_t>(count));
    object.head += bytes;
    objects_.push_back(std::move(object));
    return objects_.size() - 1;
}

size_t FlatBuilder::text(std::string_view text) {
    const size_t object = small(text.size(), 1, std::string(text));
    objects_[object].head += '\0';
    return object;
}

size_t FlatBuilder::bytes(SharedBytes bytes, size_t alignment) {
    objects_.push_back({.kind = Object::Kind::kBytes,
                        .bytes = bytes,
                        .size_bytes = bytes.size(),
                        .alignment = std::max<size_t>(alignment, 4),
                        .lead = 4});
    return objects_.size() - 1;
}

size_t FlatBuilder::bytes_later(uint64_t size_bytes, MakeBytes make, size_t alignment) {
    objects_.push_back({.kind = Object::Kind::kBytes,
                        .make = std::move(make),
                        .size_bytes = size_bytes,
                        .alignment = std::max<size_t>(alignment, 4),
                        .lead = 4});
    return objects_.size() - 1;
}

size_t FlatBuilder::objects(std::vector<size_t> objects) {
    for (const size_t object : objects) CHECK(object < objects_.size());
    objects_.push_back({.kind = Object::Kind::kObjects, .lead = 4, .objects = std::move(objects)});
    return objects_.size() - 1;
}

size_t FlatBuilder::table(std::vector<FlatField> fields) {
    for (const FlatField& field : fields) CHECK(field.size_bytes != 0 || field.object < objects_.size());
    objects_.push_back({.kind = Object::Kind::kTable, .fields = std::move(fields)});
    return objects_.size() - 1;
}

// The last object made lies first: whatever it refers to was made before it and so lies behind it.
Result<FlatBuilder::Layout> FlatBuilder::lay_out(size_t root, size_t header_bytes) const {
    CHECK(root + 1 == objects_.size(), "the root is made last");
    Layout layout{.positions = std::vector<uint64_t>(objects_.size()),
                  .vtables = std::vector<uint64_t>(objects_.size()),
                  .shapes = std::vector<TableShape>(objects_.size()),
                  .owns_vtable = std::vector<bool>(objects_.size())};
    std::map<std::vector<uint16_t>, uint64_t> vtables;
    uint64_t end = kHeaderBytes + header_bytes;
    for (size_t i = objects_.size(); i-- > 0;) {
        const Object& object = objects_[i];
        uint64_t size = object.lead + object.size_bytes;
        if (object.kind == Object::Kind::kNumbers) size = object.head.size();
        if (object.kind == Object::Kind::kObjects) size += 4 * object.objects.size();
        size_t alignment = object.alignment;
        if (object.kind == Object::Kind::kTable) {
            layout.shapes[i] = shape_of(object.fields);
            const TableShape& shape = layout.shapes[i];
            const auto [entry, fresh] = vtables.try_emplace(shape.vtable, aligned(end, 2));
            layout.owns_vtable[i] = fresh;
            layout.vtables[i] = entry->second;
            if (fresh) end = entry->second + 2 * shape.vtable.size();
            size = shape.size_bytes;
            alignment = shape.alignment;
        }
        layout.positions[i] = aligned(end + object.lead, alignment) - object.lead;
        end = layout.positions[i] + size;
        if (end >= kLimit)
            return fail("a FlatBuffer of more than 2 GB cannot be addressed; keep large data outside of it");
    }
    layout.size_bytes = end;
    return layout;
}

void FlatBuilder::write_table(const Layout& layout, size_t object, Pieces& out) const {
    const TableShape& shape = layout.shapes[object];
    const uint64_t position = layout.positions[object];
    if (layout.owns_vtable[object]) {
        out.zeros(layout.vtables[object] - out.size_bytes());
        std::string vtable;
        for (const uint16_t entry : shape.vtable) store_le(vtable, entry);
        out.copy(vtable);
    }
    out.zeros(position - out.size_bytes());
    std::string bytes(shape.size_bytes, '\0');
    const auto back =
        static_cast<int32_t>(static_cast<int64_t>(position) - static_cast<int64_t>(layout.vtables[object]));
    std::memcpy(bytes.data(), &back, sizeof(back));
    for (const FlatField& field : objects_[object].fields) {
        const uint16_t at = shape.vtable[static_cast<size_t>(field.slot) + 2];
        if (field.size_bytes > 0) {
            std::memcpy(bytes.data() + at, &field.bits, field.size_bytes);
        } else {
            const auto offset = static_cast<uint32_t>(layout.positions[field.object] - (position + at));
            std::memcpy(bytes.data() + at, &offset, sizeof(offset));
        }
    }
    out.copy(bytes);
}

Result<Pieces> FlatBuilder::finish(size_t root, std::string_view identifier, const FlatHeader& own) const {
    CHECK(identifier.size() == 4);
    TRY(const Layout layout, lay_out(root, own.size_bytes));
    Pieces out;
    std::string header;
    store_le(header, static_cast<uint32_t>(layout.positions[root]));
    out.copy(header + std::string(identifier));
    if (own.make) out.copy(own.make(layout.size_bytes));
    CHECK(out.size_bytes() == kHeaderBytes + own.size_bytes);
    for (size_t i = objects_.size(); i-- > 0;) {
        const Object& object = objects_[i];
        const uint64_t position = layout.positions[i];
        if (object.kind == Object::Kind::kTable) {
            write_table(layout, i, out);
            continue;
        }
        out.zeros(position - out.size_bytes());
        if (object.kind == Object::Kind::kNumbers) {
            out.copy(object.head);
        } else if (object.kind == Object::Kind::kBytes) {
            std::string count;
            store_le(count, static_cast<uint32_t>(object.size_bytes));
            out.copy(count);
            if (object.make) out.make_later(object.size_bytes, object.make);
            else out.borrow(object.bytes);
        } else {
            std::string offsets;
            store_le(offsets, static_cast<uint32_t>(object.objects.size()));
            for (size_t k = 0; k < object.objects.size(); ++k)
                store_le(offsets,
                         static_cast<uint32_t>(layout.positions[object.objects[k]] - (position + 4 + 4 * k)));
            out.copy(offsets);
        }
    }
    CHECK(out.size_bytes() == layout.size_bytes);
    return out;
}

}  // namespace lathe::wire
