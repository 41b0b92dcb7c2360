// The two containers of a checkpoint. Both give the pickle and a place to find storages.
#pragma once
#include <memory>

#include "formats/pytorch/tensors.h"
#include "wire/zip.h"

namespace lathe::formats::pytorch {

struct Contents {
    wire::Pickle pickle;
    std::unique_ptr<Storages> storages;
};

// The entry that holds the pickle ("NAME/data.pkl"), or nullptr when this is no such archive.
const wire::ZipEntry* find_pickle(const wire::ZipArchive& archive);
bool is_torchscript(const wire::ZipArchive& archive);

// Storages that are the entries `folder` + key of an archive; what is compressed unpacks to at most `limit_bytes` each.
std::unique_ptr<Storages> archive_storages(wire::ZipArchive archive, std::string folder,
                                           uint64_t limit_bytes);

// Zip archive: ROOT/data.pkl, ROOT/data/KEY for each storage, ROOT/version, ROOT/byteorder. Compressed entries (PyTorch
// writes none) are unpacked, at most 1 GiB in all or 100 times the file.
Result<Contents> open_archive(const SharedBytes& file);

// The stream of PyTorch before 1.6: pickles of a magic number, the protocol version 1001, facts of the system, the
// object, and the list of storage keys; then each storage: an int64 count and the elements, at any address.
bool looks_like_stream(ByteSpan file);
Result<Contents> open_stream(const SharedBytes& file);

}  // namespace lathe::formats::pytorch
