// Tensors out of what the pickle says about them: PyTorch's _rebuild_… calls over storages, and NumPy's arrays.
#pragma once
#include <memory>
#include <string>

#include "formats/pytorch/names.h"
#include "tensor/tensor.h"
#include "wire/pickle.h"

namespace lathe::formats::pytorch {

// A persistent id: ('storage', type, key, device, count[, view]). Source: torch/serialization.py.
struct StorageId {
    StorageType type;
    std::string_view key;
    int64_t count = 0;  // elements of the whole storage; bytes when untyped
    int64_t view_offset = 0;  // of the part that is meant, in elements (older stream only)
    int64_t view_count = 0;
    int64_t element_bytes() const { return bits_of(type.dtype) / 8; }
};
Result<StorageId> parse_storage_id(const wire::Pickle& pickle, const wire::PickleNode& persistent);

// Where the bytes of storages are: entries of the zip archive, or runs of the older stream.
class Storages {
public:
    virtual ~Storages() = default;
    // At least count * element_bytes() bytes. Errors: no such storage, too short.
    virtual Result<SharedBytes> find(const StorageId& id) = 0;
};

// A view of a storage; offset, shape and strides are in elements, and not trusted. Errors: it reaches beyond the storage.
Result<Tensor> strided_view(DType dtype, const SharedBytes& storage, int64_t offset, Shape shape,
                            Shape strides);

class TensorMaker {
public:
    TensorMaker(const wire::Pickle& pickle, Storages& storages) : pickle_(pickle), storages_(storages) {}

    // Whether the node is a tensor, a NumPy array or a bare storage.
    bool makes_tensor(const wire::PickleNode& node) const;
    Result<Tensor> make(const wire::PickleNode& node) const;
    // NumPy's scalar(dtype, bytes), as a tensor of rank 0.
    Result<Tensor> make_scalar(const wire::PickleNode& call) const;
    // The bytes of bytes, of an encoded text (see Maker::kEncoded) or of a bytearray of either.
    Result<SharedBytes> bytes_of(wire::PickleRef ref) const;

private:
    Result<Tensor> call(std::string_view name, std::span<const wire::PickleRef> arguments, int depth) const;
    Result<Tensor> rebuild(std::string_view name, std::span<const wire::PickleRef> arguments) const;
    Result<Tensor> whole_storage(const wire::PickleNode& persistent) const;
    Result<Tensor> array_of_state(const wire::PickleNode& call) const;
    Result<Tensor> array_of_buffer(const wire::PickleNode& call) const;
    Result<DType> numpy_dtype(wire::PickleRef ref, bool& big_endian) const;
    Result<Shape> sizes(wire::PickleRef ref, std::string_view what) const;
    Status check_plain(std::span<const wire::PickleRef> arguments, size_t metadata) const;

    const wire::Pickle& pickle_;
    Storages& storages_;
};

}  // namespace lathe::formats::pytorch
