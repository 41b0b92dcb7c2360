// Folders of pictures, and batches of them as a network's input.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/threads.h"
#include "image/preprocess.h"

namespace lathe::image {

bool has_picture_ending(std::string_view path);  // .jpg .jpeg .png .bmp .webp .tiff .tif in any case

// The pictures (by ending) in `folder` and all folders under it, sorted folder by folder.
// Errors: a folder that cannot be read; no picture at all, naming the endings.
Result<std::vector<std::string>> find_pictures(const std::string& folder);

// What could be read of `paths`: inputs f32 [N, C, H, W] in their order, and the reason for each that could not be.
struct Batch {
    Tensor inputs;  // N = read.size(); not set when that is 0
    std::vector<std::string> read;  // paths
    std::vector<Error> unreadable;  // each names its file
};
// Decodes and prepares pictures on the pool's threads. Errors: check(how) only.
Result<Batch> read_batch(std::span<const std::string> paths, const Preprocessing& how, ThreadPool& pool);

// Tensors of one shape and dtype, at least one, stacked along a new first axis.
Tensor stack(std::span<const Tensor> parts);

}  // namespace lathe::image
