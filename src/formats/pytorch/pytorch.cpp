#include "formats/pytorch/pytorch.h"

#include "formats/pytorch/archive.h"
#include "formats/pytorch/flatten.h"

namespace lathe::formats {
namespace {

// A POSIX tar header, or the names that torch.save gave its members before 2017.
bool looks_like_tar(ByteSpan file) {
    if (file.size() < 512) return false;
    const std::string_view head = as_text(file.first(512));
    return head.substr(257, 5) == "ustar";
}

Result<pytorch::Contents> open(const SharedBytes& file) {
    if (wire::looks_like_zip(file.bytes())) return pytorch::open_archive(file);
    if (pytorch::looks_like_stream(file.bytes())) return pytorch::open_stream(file);
    if (looks_like_tar(file.bytes()))
        return fail(
            "a tar file as PyTorch wrote them before version 0.1.10; load and save it with a newer PyTorch");
    return fail("not a file that torch.save wrote: neither a zip archive nor its older stream");
}

Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path) {
    TRY(const pytorch::Contents contents, open(file));
    graph::Checkpoint checkpoint{.format = "pytorch", .path = path};
    TRY_STATUS(pytorch::flatten(contents.pickle, *contents.storages, checkpoint));
    return checkpoint;
}

}  // namespace

Match match_pytorch(ByteSpan file, std::string_view path) {
    if (pytorch::looks_like_stream(file)) return Match::kCertain;
    const bool named = path.ends_with(".pt") || path.ends_with(".pth") || path.ends_with(".ckpt");
    if (looks_like_tar(file)) return named ? Match::kPossible : Match::kNo;
    if (!wire::looks_like_zip(file)) return Match::kNo;
    const auto archive = wire::ZipArchive::open(SharedBytes(nullptr, file));
    if (!archive) return named ? Match::kPossible : Match::kNo;
    if (pytorch::find_pickle(*archive) == nullptr) return Match::kNo;
    return pytorch::is_torchscript(*archive) ? Match::kPossible : Match::kCertain;
}

Result<graph::Checkpoint> read_pytorch(const SharedBytes& file, const std::string& path) {
    return with_place(read(file, path), path);
}

}  // namespace lathe::formats
