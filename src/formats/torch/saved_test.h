// For tests of this room: what torch.save writes for tensors.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tensor/tensor.h"
#include "wire/pickle_writer.h"
#include "wire/zip.h"

namespace lathe::formats::torch::testing {

using Entries = std::vector<std::pair<std::string, std::string>>;

inline std::string zipped(const Entries& entries) {
    wire::ZipWriter zip;
    for (const auto& [name, content] : entries) (void)zip.add(name, content);
    return std::string(as_text(*zip.finish().to_vector()));
}

// A row-major tensor whose storage is the entry `key`: leaves it on the pickle's stack.
inline void pickle_tensor(wire::PickleWriter& out, const Tensor& tensor, std::string_view key) {
    out.global("torch._utils", "_rebuild_tensor_v2");
    out.mark();
    out.mark();
    out.text("storage");
    out.global("torch", tensor.dtype() == DType::kI64 ? "LongStorage" : "FloatStorage");
    out.text(key);
    out.text("cpu");
    out.integer(tensor.count());
    out.tuple();
    out.persistent();
    out.integer(0);
    for (const Shape& list : {tensor.shape(), row_major_strides(tensor.shape())}) {
        out.mark();
        for (const int64_t size : list) out.integer(size);
        out.tuple();
    }
    out.boolean(false);
    out.global("collections", "OrderedDict");
    out.empty_tuple();
    out.reduce();
    out.tuple();
    out.reduce();
}

// A dictionary of tensors, as torch.save writes it.
inline std::string saved(const std::vector<std::pair<std::string, Tensor>>& tensors) {
    wire::PickleWriter out;
    Entries entries;
    out.empty_dict();
    out.mark();
    for (size_t i = 0; i < tensors.size(); ++i) {
        out.text(tensors[i].first);
        pickle_tensor(out, tensors[i].second, format("{}", i));
    }
    out.set_items();
    out.stop();
    entries.emplace_back("archive/data.pkl", out.bytes());
    for (size_t i = 0; i < tensors.size(); ++i)
        entries.emplace_back(format("archive/data/{}", i), std::string(as_text(tensors[i].second.bytes())));
    entries.emplace_back("archive/version", "3\n");
    return zipped(entries);
}

}  // namespace lathe::formats::torch::testing
