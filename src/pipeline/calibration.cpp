#include "pipeline/calibration.h"

#include "formats/all.h"

namespace lathe::pipeline {
namespace {

std::vector<float> floats(const Tensor* tensor) {
    if (tensor == nullptr) return {};
    std::vector<float> values(static_cast<size_t>(tensor->count()));
    const Tensor plain = tensor->to_contiguous();
    quant::load_floats(plain.dtype(), plain.bytes(), values.size(), values.data());
    return values;
}

}  // namespace

Result<Statistics> Statistics::open(const std::string& path) {
    Statistics statistics;
    TRY(graph::Checkpoint file, formats::open(path));
    const auto kept = std::make_shared<const graph::Checkpoint>(std::move(file));
    bool any = false;
    for (const auto& [name, tensor] : kept->tensors) {
        any = any || name.ends_with(".mean_square");
        if (!name.ends_with(".samples") && tensor.dtype() != DType::kF32)
            return fail("{}: '{}' is {}, expected f32", path, name, describe(tensor));
        statistics.tensors_.emplace(name, &tensor);
    }
    if (!any) return fail("{}: holds no statistics; write some with lathe calibrate", path);
    statistics.file_ = kept;
    return statistics;
}

LayerStatistics Statistics::of(std::string_view layer) const {
    const auto find = [&](std::string_view what) {
        const auto found = tensors_.find(std::string(layer) + "." + std::string(what));
        return found == tensors_.end() ? nullptr : found->second;
    };
    LayerStatistics statistics;
    statistics.mean_square = floats(find("mean_square"));
    statistics.mean = floats(find("mean"));
    statistics.products = floats(find("products"));
    return statistics;
}

}  // namespace lathe::pipeline
