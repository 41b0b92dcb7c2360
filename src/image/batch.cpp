#include "image/batch.h"

#include <array>
#include <cstring>
#include <optional>

#include "base/folder.h"

namespace lathe::image {
namespace {

constexpr std::array<std::string_view, 7> kEndings{".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tiff", ".tif"};

Status append_pictures(const std::string& folder, std::vector<std::string>& found) {
    TRY(const auto entries, list_folder(folder));
    for (const FolderEntry& entry : entries) {
        const std::string path = folder.ends_with('/') ? folder + entry.name : folder + "/" + entry.name;
        if (entry.is_folder) {
            TRY_STATUS(append_pictures(path, found));  // no deeper than a path is long
        } else if (has_picture_ending(path)) {
            found.push_back(path);
        }
    }
    return {};
}

Result<Tensor> read_input(const std::string& path, const Preprocessing& how) {
    TRY(const Tensor picture, read_picture(path, how.channels == 1 ? Channels::kGrey : Channels::kRgb));
    return with_place(preprocess(picture, how), path);
}

}  // namespace

bool has_picture_ending(std::string_view path) {
    for (const std::string_view ending : kEndings) {
        if (path.size() < ending.size()) continue;
        const std::string_view own = path.substr(path.size() - ending.size());
        bool same = true;
        for (size_t i = 0; i < own.size(); ++i) {
            const char lower = own[i] >= 'A' && own[i] <= 'Z' ? static_cast<char>(own[i] + 32) : own[i];
            same = same && lower == ending[i];
        }
        if (same) return true;
    }
    return false;
}

Result<std::vector<std::string>> find_pictures(const std::string& folder) {
    std::vector<std::string> found;
    TRY_STATUS(append_pictures(folder, found));
    if (found.empty())
        return fail("{}: no pictures in this folder (.jpg .jpeg .png .bmp .webp .tiff .tif)", folder);
    return found;
}

Result<Batch> read_batch(std::span<const std::string> paths, const Preprocessing& how, ThreadPool& pool) {
    TRY_STATUS(check(how));
    std::vector<std::optional<Result<Tensor>>> results(paths.size());
    pool.parallel_for(paths.size(), [&](size_t i) { results[i] = read_input(paths[i], how); });
    Batch batch;
    std::vector<Tensor> inputs;
    for (size_t i = 0; i < paths.size(); ++i) {
        Result<Tensor>& result = *results[i];
        if (result) {
            inputs.push_back(std::move(*result));
            batch.read.push_back(paths[i]);
        } else {
            batch.unreadable.push_back(std::move(result).error());
        }
    }
    if (!inputs.empty()) batch.inputs = stack(inputs);
    return batch;
}

Tensor stack(std::span<const Tensor> parts) {
    CHECK(!parts.empty());
    Shape shape = parts[0].shape();
    shape.insert(shape.begin(), static_cast<int64_t>(parts.size()));
    TensorBuilder builder(parts[0].dtype(), shape);
    auto out = builder.bytes();
    for (const Tensor& part : parts) {
        CHECK(part.shape() == parts[0].shape() && part.dtype() == parts[0].dtype());
        const ByteSpan bytes = part.bytes();
        std::memcpy(out.data(), bytes.data(), bytes.size());
        out = out.subspan(bytes.size());
    }
    return builder.finish();
}

}  // namespace lathe::image
