// What torch.save writes, made by hand for the tests of the reader: zip archives with a pickle and its storages.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "formats/pytorch/pytorch.h"
#include "wire/little_endian.h"
#include "wire/pickle_writer.h"
#include "wire/zip.h"

namespace lathe::formats::pytorch {

using wire::PickleWriter;

inline SharedBytes shared(std::string_view text) {
    const ByteSpan view = as_bytes(text);
    return SharedBytes::from_vector(std::vector<std::byte>(view.begin(), view.end()));
}

using Entries = std::vector<std::pair<std::string, std::string>>;

// A zip archive in memory.
inline std::string zipped(const Entries& entries, bool deflated = false) {
    wire::ZipWriter zip;
    for (const auto& [name, content] : entries)
        EXPECT_TRUE(deflated ? zip.add_deflated(name, as_bytes(content)) : zip.add(name, content));
    return std::string(as_text(*zip.finish().to_vector()));
}

inline Result<graph::Checkpoint> opened(const std::string& file) {
    return read_pytorch(shared(file), "x.pt");
}

inline std::string error_of(const std::string& file) {
    auto checkpoint = opened(file);
    return checkpoint ? "" : checkpoint.error().message;
}

// What torch.save writes for a persistent storage.
inline void storage(PickleWriter& out, std::string_view module, std::string_view type, std::string_view key,
                    int64_t count) {
    out.mark();
    out.text("storage");
    out.global(module, type);
    out.text(key);
    out.text("cpu");
    out.integer(count);
    out.tuple();
    out.persistent();
}

inline void sizes(PickleWriter& out, const Shape& values) {
    out.mark();
    for (const int64_t value : values) out.integer(value);
    out.tuple();
}

struct Saved {
    std::string type = "FloatStorage";
    std::string key = "0";
    int64_t stored = 0;  // elements
    int64_t offset = 0;
    Shape shape, strides;
    std::string dtype;  // of _rebuild_tensor_v3
};

inline void tensor(PickleWriter& out, const Saved& saved) {
    const bool v3 = !saved.dtype.empty();
    out.global("torch._utils", v3 ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
    out.mark();
    storage(out, v3 ? "torch.storage" : "torch", v3 ? "UntypedStorage" : saved.type, saved.key, saved.stored);
    out.integer(saved.offset);
    sizes(out, saved.shape);
    sizes(out, saved.strides);
    out.boolean(false);
    out.global("collections", "OrderedDict");
    out.empty_tuple();
    out.reduce();
    if (v3) out.global("torch", saved.dtype);
    out.tuple();
    out.reduce();
}

// {"t": tensor} over one storage.
inline std::string one_tensor(const Saved& saved, const std::string& data) {
    PickleWriter out;
    out.empty_dict();
    out.mark();
    out.text("t");
    tensor(out, saved);
    out.set_items();
    out.stop();
    return zipped({{"any/data.pkl", out.bytes()}, {"any/data/" + saved.key, data}, {"any/version", "3\n"}});
}

template <class T>
std::string packed(std::initializer_list<T> values) {
    std::string out;
    for (const T value : values) wire::store_le(out, value);
    return out;
}

// {"t": whatever `make` writes}, with no storages.
inline std::string one_value(const std::function<void(PickleWriter&)>& make) {
    PickleWriter out;
    out.empty_dict();
    out.mark();
    out.text("t");
    make(out);
    out.set_items();
    out.stop();
    return zipped({{"r/data.pkl", out.bytes()}});
}

}  // namespace lathe::formats::pytorch
