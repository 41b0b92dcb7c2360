#include "pipeline/quantize_layer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "quant/rotate.h"

namespace lathe::pipeline {
namespace {

constexpr int64_t kLayerBand = int64_t{1} << 18;
constexpr uint64_t kCopyBytes = uint64_t{4} << 20;

struct Band {
    int64_t first, count;
};
std::vector<Band> bands_of(int64_t rows, int64_t columns, int64_t step) {
    const int64_t size = band_rows(columns, step);
    std::vector<Band> bands;
    for (int64_t r = 0; r < rows; r += size) bands.push_back({r, std::min(size, rows - r)});
    return bands;
}

int64_t columns_behind(const Shape& shape) {
    return shape.empty() || shape[0] == 0 ? element_count(shape) : element_count(shape) / shape[0];
}

// Threads note the first thing that goes wrong, by its place, so that the same error is told whatever their order.
class Troubles {
public:
    explicit Troubles(size_t count) : errors_(count) {}
    void note(size_t i, Status status) {
        if (!status) errors_[i] = std::move(status).error().message;
    }
    Status first() const {
        for (const std::string& error : errors_)
            if (!error.empty()) return std::unexpected(Error{error});
        return {};
    }

private:
    std::vector<std::string> errors_;
};

std::string place_of_bad(const Weight& weight, int64_t first, std::span<const float> values) {
    const int64_t columns = columns_behind(weight.shape);
    for (size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i]))
            return format("'{}' holds {} at row {}, column {}; mend the checkpoint or --exclude the layer",
                          weight.name, std::isnan(values[i]) ? "a NaN" : "an infinity",
                          first + static_cast<int64_t>(i) / columns, static_cast<int64_t>(i) % columns);
    return {};
}

// The layer's spec; a method whose statistics are not there for this layer gives way to the format's own rounding.
quant::LayerSpec usable_spec(const Item& item, const ItemContext& context) {
    quant::LayerSpec spec = item.choice->spec;
    const LayerStatistics& known = context.statistics;
    const bool by_products =
        spec.rounding == quant::Rounding::kGptq || spec.rounding == quant::Rounding::kAdaRound;
    const bool lacks = by_products ? known.products.empty()
                                   : spec.rounding == quant::Rounding::kAwq && known.mean_square.empty();
    if (lacks && !context.options.stats.empty()) spec.rounding = quant::default_rounding(spec);
    return spec;
}

class LayerRun {
public:
    LayerRun(const Item& item, ItemContext context, std::atomic<uint64_t>& sum)
        : item_(item),
          weight_(*item.weight),
          spec_(usable_spec(item, context)),
          context_(context),
          sum_(sum),
          coder_(spec_, weight_.shape, weight_.dtype),
          rows_(weight_.shape[0]),
          columns_(weight_.shape[1]),
          bands_(bands_of(rows_, columns_, coder_.step())) {}

    Status run(LayerReport& report) {
        if (spec_.rounding != item_.choice->spec.rounding)
            report.why += format("{}no statistics for {}: {}", report.why.empty() ? "" : "; ",
                                 name_of(item_.choice->spec.rounding), name_of(spec_.rounding));
        if (spec_.rotation != 0) rotated_ = context_.statistics.rotated(spec_.rotation);
        if (item_.bias != nullptr) lost_.assign(static_cast<size_t>(rows_), 0.0);
        TRY_STATUS(prepare());
        const bool whole = spec_.rounding > quant::Rounding::kSweep;
        if (whole || item_.lora_slot != 0) TRY_STATUS(run_whole(whole, report));
        else TRY_STATUS(run_bands(report));
        return write_sides();
    }

private:
    const LayerStatistics& statistics() const { return spec_.rotation != 0 ? rotated_ : context_.statistics; }

    Status prepare() {
        float max_abs = 0;
        if (coder_.needs_max_abs()) {
            std::vector<quant::Range> ranges(bands_.size());
            context_.threads.parallel_for(bands_.size(), [&](size_t b) {
                ranges[b] = weight_.range_of_rows(bands_[b].first, bands_[b].count);
            });
            for (size_t b = 0; b < bands_.size(); ++b) {
                if (!ranges[b].finite) return bad_band(bands_[b]);
                max_abs = std::max(max_abs, ranges[b].max_abs);
            }
            seen_finite_ = true;
        }
        std::vector<float> sample;
        if (coder_.needs_sample()) {
            const int64_t count = coder_.sample_rows();
            sample.resize(static_cast<size_t>(count * columns_));
            for (int64_t i = 0; i < count; ++i) {
                const int64_t row = count == 1 ? 0 : i * (rows_ - 1) / (count - 1);
                TRY_STATUS(read(row, 1, sample.data() + i * columns_));
            }
        }
        coder_.prepare(max_abs, sample, statistics().mean_square);
        return {};
    }

    Status bad_band(Band band) const {
        std::vector<float> values(static_cast<size_t>(band.count * columns_));
        weight_.read_rows(band.first, band.count, values.data());
        return std::unexpected(Error{place_of_bad(weight_, band.first, values)});
    }

    // Rows in the basis of the codes.
    Status read(int64_t first, int64_t count, float* values) const {
        weight_.read_rows(first, count, values);
        if (!seen_finite_) {
            const auto size = static_cast<size_t>(count * columns_);
            const bool finite = weight_.raw() ? weight_.range_of_rows(first, count).finite
                                              : quant::range_of(values, size).finite;
            if (!finite) return std::unexpected(Error{place_of_bad(weight_, first, {values, size})});
        }
        turn(values, count);
        return {};
    }
    void turn(float* values, int64_t count) const {
        if (spec_.rotation == 0) return;
        const auto group = static_cast<size_t>(spec_.rotation);
        quant::rotate(values, static_cast<size_t>(count * columns_) / group, group);
    }

    Status run_bands(LayerReport& report) {
        Troubles troubles(bands_.size());
        std::vector<quant::ErrorSums> errors(bands_.size());
        context_.threads.parallel_for(bands_.size(), [&](size_t b) {
            const Band band = bands_[b];
            const auto values =
                std::make_unique_for_overwrite<float[]>(static_cast<size_t>(band.count * columns_));
            Status status = read(band.first, band.count, values.get());
            if (status) {
                coder_.fit(band.first, band.count, values.get());
                status = encode(band, values.get(), values.get(), errors[b]);
            }
            troubles.note(b, std::move(status));
        });
        TRY_STATUS(troubles.first());
        add_up(errors, report);
        return {};
    }

    // target: what is encoded, in the basis of the codes; original: what it is compared with, in the same basis.
    Status encode(Band band, const float* target, const float* original, quant::ErrorSums& errors) {
        const HeapBytes codes(static_cast<size_t>(band.count * coder_.bytes_per_row()));
        coder_.encode(band.first, band.count, target, codes.data.get());
        if (context_.options.measure || item_.bias != nullptr)
            measure(band, codes.data.get(), original, errors);
        const auto offset = static_cast<uint64_t>(band.first * coder_.bytes_per_row());
        return context_.output.write({item_.slots[0], offset, codes.size}, codes.freeze(), sum_);
    }

    // Decodes a band once more and compares. original: in the basis of the codes. Rotations change no sum of squares, but
    // the largest error and what the mean input meets are those of the matrix as it is used.
    void measure(Band band, const std::byte* codes, const float* original, quant::ErrorSums& errors) {
        std::vector<float> decoded(static_cast<size_t>(columns_));
        for (int64_t r = 0; r < band.count; ++r) {
            coder_.decode(band.first + r, 1, codes + r * coder_.bytes_per_row(), decoded.data());
            const float* row = original + r * columns_;
            for (size_t c = 0; c < factor_.size(); ++c) decoded[c] *= factor_[c];
            quant::ErrorSums sums = quant::error_sums(row, decoded.data(), decoded.size());
            if (spec_.rotation != 0 || item_.bias != nullptr) {
                for (size_t c = 0; c < decoded.size(); ++c) decoded[c] = row[c] - decoded[c];
                turn(decoded.data(), 1);
                sums.largest = quant::largest_magnitude(decoded.data(), decoded.size());
            }
            if (item_.bias != nullptr)
                lost_[static_cast<size_t>(band.first + r)] = product_with_mean(decoded);
            errors.merge(sums);
        }
    }

    // What the error of a row takes from the output for the mean input.
    double product_with_mean(std::span<const float> error) const {
        const std::vector<float>& mean = context_.statistics.mean;
        double sum = 0;
        for (size_t c = 0; c < error.size(); ++c)
            sum += static_cast<double>(error[c]) * static_cast<double>(mean[c]);
        return sum;
    }

    Status write_bias() {
        std::vector<float> values(static_cast<size_t>(rows_));
        item_.bias->read_rows(0, rows_, values.data());
        for (size_t r = 0; r < values.size(); ++r)
            values[r] = static_cast<float>(static_cast<double>(values[r]) + lost_[r]);
        std::vector<std::byte> bytes(static_cast<size_t>(bytes_of(item_.bias->dtype, rows_)));
        encode_floats(item_.bias->dtype, values, bytes);
        return context_.output.write({item_.bias_slot, 0, bytes.size()}, bytes, sum_);
    }

    Status run_whole(bool method, LayerReport& report) {
        std::vector<float> original(static_cast<size_t>(rows_ * columns_));
        Troubles troubles(bands_.size());
        context_.threads.parallel_for(bands_.size(), [&](size_t b) {
            troubles.note(
                b, read(bands_[b].first, bands_[b].count, original.data() + bands_[b].first * columns_));
        });
        TRY_STATUS(troubles.first());
        std::vector<float> target = original;
        if (method) {
            quant::RoundingOptions options = context_.options.rounding;
            options.method = spec_.rounding;
            TRY(quant::RoundingOutcome outcome,
                with_place(
                    quant::round_matrix(target, coder_, statistics().view(), options, context_.threads),
                    format("'{}'", weight_.name)));
            factor_ = std::move(outcome.input_factor);
        } else {
            context_.threads.parallel_for(bands_.size(), [&](size_t b) {
                coder_.fit(bands_[b].first, bands_[b].count, target.data() + bands_[b].first * columns_);
            });
        }
        std::vector<quant::ErrorSums> errors(bands_.size());
        Troubles more(bands_.size());
        context_.threads.parallel_for(bands_.size(), [&](size_t b) {
            const int64_t at = bands_[b].first * columns_;
            more.note(b, encode(bands_[b], target.data() + at, original.data() + at, errors[b]));
        });
        TRY_STATUS(more.first());
        add_up(errors, report);
        return item_.lora_slot != 0 ? write_low_rank(std::move(original), target) : Status{};
    }

    // The error's best matrix of low rank, in the weight's own basis.
    Status write_low_rank(std::vector<float> error, std::vector<float>& target) {
        context_.threads.parallel_for(bands_.size(), [&](size_t b) {
            const auto [first, count] = bands_[b];
            float* decoded = target.data() + first * columns_;
            coder_.round_trip(first, count, decoded);
            if (!factor_.empty())
                for (int64_t i = 0; i < count * columns_; ++i)
                    decoded[i] *= factor_[static_cast<size_t>(i % columns_)];
            for (int64_t i = 0; i < count * columns_; ++i)
                error[static_cast<size_t>(first * columns_ + i)] -= decoded[i];
            turn(error.data() + first * columns_, count);
        });
        const quant::LowRank found =
            quant::low_rank(error, rows_, columns_, item_.lora_rank, context_.threads);
        const auto up = std::as_bytes(std::span(found.up)), down = std::as_bytes(std::span(found.down));
        TRY_STATUS(context_.output.write({item_.lora_slot, 0, up.size()}, up, sum_));
        return context_.output.write({item_.lora_slot + 1, 0, down.size()}, down, sum_);
    }

    Status write_sides() {
        size_t slot = 1;
        for (const auto& [part, bytes] : coder_.side_parts())
            TRY_STATUS(context_.output.write({item_.slots[slot++], 0, bytes.size()}, bytes, sum_));
        if (!item_.json.empty()) {
            const ByteSpan text = as_bytes(item_.json);
            TRY_STATUS(context_.output.write({item_.slots[slot++], 0, text.size()}, text, sum_));
        }
        if (item_.bias != nullptr) TRY_STATUS(write_bias());
        if (!item_.pre_quant_scale) return {};
        std::vector<float> factor = factor_;
        factor.resize(static_cast<size_t>(columns_), 1.0f);
        std::vector<uint16_t> halves(factor.size());
        const bool is_half = weight_.dtype == DType::kF16;
        quant::store_halves(is_half ? DType::kF16 : DType::kBF16, factor.data(), factor.size(),
                            halves.data());
        const auto bytes = std::as_bytes(std::span(halves));
        return context_.output.write({item_.slots[slot], 0, bytes.size()}, bytes, sum_);
    }

    void add_up(std::span<const quant::ErrorSums> errors, LayerReport& report) const {
        report.measured = context_.options.measure;
        for (const quant::ErrorSums& sums : errors) report.errors.merge(sums);
    }

    const Item& item_;
    const Weight& weight_;
    const quant::LayerSpec spec_;
    ItemContext context_;
    std::atomic<uint64_t>& sum_;
    quant::LayerCoder coder_;
    int64_t rows_, columns_;
    std::vector<Band> bands_;
    bool seen_finite_ = false;
    std::vector<float> factor_;  // of the inputs, when the columns were scaled
    LayerStatistics rotated_;
    std::vector<double> lost_;  // [rows] for the bias
};

// Bytes as they are, in pieces.
Status copy(const Item& item, ItemContext context, std::atomic<uint64_t>& sum) {
    const Weight& weight = *item.weight;
    const std::vector<Piece> pieces = pieces_of(item);
    Troubles troubles(pieces.size());
    const bool flat = weight.stored.contiguous();
    const Tensor plain = flat ? weight.stored : weight.stored.to_contiguous();
    context.threads.parallel_for(pieces.size(), [&](size_t i) {
        troubles.note(i, context.output.write(
                             pieces[i], plain.storage().slice(pieces[i].offset, pieces[i].size_bytes), sum));
    });
    return troubles.first();
}

Status store(std::span<const float> values, DType dtype, std::vector<std::byte>& bytes, const Weight& weight,
             int64_t first) {
    const auto size = static_cast<size_t>(bytes_of(dtype, static_cast<int64_t>(values.size())));
    bytes.resize(size);
    if (dtype == DType::kF16) {
        if (quant::largest_magnitude(values.data(), values.size()) >= 65520.0f)
            for (size_t i = 0; i < values.size(); ++i)
                if (std::isfinite(values[i]) && std::fabs(values[i]) >= 65520.0f)
                    return fail("'{}' holds {} (element {}), beyond fp16; use bf16, or --exclude the tensor",
                                weight.name, values[i],
                                first * columns_behind(weight.shape) + static_cast<int64_t>(i));
    }
    encode_floats(dtype, values, bytes);
    return {};
}

Status cast(const Item& item, ItemContext context, std::atomic<uint64_t>& sum, LayerReport& report) {
    const Weight& weight = *item.weight;
    const DType dtype = item.choice->action == quant::Action::kCast ? item.choice->cast : weight.dtype;
    const bool scalar = weight.shape.empty();
    const int64_t rows = scalar ? 1 : weight.shape[0], columns = scalar ? 1 : columns_behind(weight.shape);
    if (rows * columns == 0) return {};
    const std::vector<Band> bands = bands_of(rows, columns, 1);
    Troubles troubles(bands.size());
    std::vector<quant::ErrorSums> errors(bands.size());
    context.threads.parallel_for(bands.size(), [&](size_t b) {
        std::vector<float> values(static_cast<size_t>(bands[b].count * columns)), again(values.size());
        if (scalar) values[0] = static_cast<float>(weight.stored.to_doubles()[0]);
        else weight.read_rows(bands[b].first, bands[b].count, values.data());
        std::vector<std::byte> bytes;
        Status status = store(values, dtype, bytes, weight, bands[b].first);
        if (status) {
            quant::load_floats(dtype, bytes, again.size(), again.data());
            errors[b] = quant::error_sums(values.data(), again.data(), again.size());
            const auto offset = static_cast<uint64_t>(bytes_of(dtype, bands[b].first * columns));
            const size_t size = bytes.size();
            status = context.output.write({item.slots[0], offset, size},
                                          SharedBytes::from_vector(std::move(bytes)), sum);
        }
        troubles.note(b, std::move(status));
    });
    for (const quant::ErrorSums& one : errors) report.errors.merge(one);
    report.measured = context.options.measure;
    return troubles.first();
}

bool copied(const Item& item) {
    const bool same_type =
        item.choice->action != quant::Action::kCast || item.choice->cast == item.weight->dtype;
    return item.choice->action != quant::Action::kQuantize && same_type && item.weight->raw();
}

}  // namespace

LayerStatistics LayerStatistics::rotated(int64_t group) const {
    LayerStatistics turned;
    const auto size = static_cast<size_t>(group);
    turned.mean = mean;
    if (!mean.empty()) quant::rotate(turned.mean.data(), mean.size() / size, size);
    if (!products.empty()) {  // H P H
        const size_t n =
            mean_square.empty() ? static_cast<size_t>(std::sqrt(products.size())) : mean_square.size();
        turned.products = products;
        for (int side = 0; side < 2; ++side) {
            quant::rotate(turned.products.data(), n * n / size, size);
            for (size_t i = 0; i < n; ++i)
                for (size_t j = 0; j < i; ++j)
                    std::swap(turned.products[i * n + j], turned.products[j * n + i]);
        }
        for (size_t i = 0; i < n; ++i)
            turned.mean_square.push_back(std::max(0.0f, turned.products[i * n + i]));
        return turned;
    }
    turned.mean_square = mean_square;  // the mean of each group: what is left of it without the products
    for (size_t i = 0; i < mean_square.size(); i += size) {
        double total = 0;
        for (size_t j = 0; j < size; ++j) total += static_cast<double>(mean_square[i + j]);
        std::fill_n(turned.mean_square.begin() + static_cast<std::ptrdiff_t>(i), size,
                    static_cast<float>(total / static_cast<double>(size)));
    }
    return turned;
}

int64_t band_rows(int64_t columns, int64_t step) {
    return std::max(step, kLayerBand / std::max<int64_t>(1, columns) / step * step);
}

std::vector<Piece> pieces_of(const Item& item) {
    std::vector<Piece> pieces;
    const quant::Choice& choice = *item.choice;
    const Weight& weight = *item.weight;
    if (choice.action == quant::Action::kQuantize) {
        const auto parts = quant::parts_of(choice.spec, weight.shape, weight.dtype);
        const quant::LayerCoder coder(choice.spec, weight.shape, weight.dtype);
        for (const Band band : bands_of(weight.shape[0], weight.shape[1], coder.step()))
            pieces.push_back({item.slots[0], static_cast<uint64_t>(band.first * coder.bytes_per_row()),
                              static_cast<uint64_t>(band.count * coder.bytes_per_row())});
        size_t slot = 1;
        for (; slot < parts.size(); ++slot)
            pieces.push_back(
                {item.slots[slot], 0,
                 static_cast<uint64_t>(bytes_of(parts[slot].dtype, element_count(parts[slot].shape)))});
        if (!item.json.empty()) pieces.push_back({item.slots[slot++], 0, item.json.size()});
        if (item.pre_quant_scale)
            pieces.push_back({item.slots[slot], 0, static_cast<uint64_t>(weight.shape[1]) * 2});
        if (item.bias != nullptr)
            pieces.push_back(
                {item.bias_slot, 0, static_cast<uint64_t>(bytes_of(item.bias->dtype, weight.shape[0]))});
        const auto rank = static_cast<uint64_t>(item.lora_slot != 0 ? item.lora_rank : 0);
        if (rank > 0) {
            pieces.push_back({item.lora_slot, 0, rank * 4 * static_cast<uint64_t>(weight.shape[0])});
            pieces.push_back({item.lora_slot + 1, 0, rank * 4 * static_cast<uint64_t>(weight.shape[1])});
        }
        return pieces;
    }
    if (copied(item)) {
        const auto size = static_cast<uint64_t>(weight.stored.size_bytes());
        for (uint64_t at = 0; at < size; at += kCopyBytes)
            pieces.push_back({item.slots[0], at, std::min(kCopyBytes, size - at)});
        return pieces;
    }
    const DType dtype = choice.action == quant::Action::kCast ? choice.cast : weight.dtype;
    const int64_t rows = weight.shape.empty() ? 1 : weight.shape[0];
    const int64_t columns = weight.shape.empty() ? 1 : columns_behind(weight.shape);
    if (rows * columns == 0) return pieces;
    for (const Band band : bands_of(rows, columns, 1))
        pieces.push_back({item.slots[0], static_cast<uint64_t>(bytes_of(dtype, band.first * columns)),
                          static_cast<uint64_t>(bytes_of(dtype, band.count * columns))});
    return pieces;
}

Status process_item(const Item& item, ItemContext context, uint64_t& sum, LayerReport& report) {
    std::atomic<uint64_t> adding = 0;
    Status status;
    if (item.choice->action == quant::Action::kQuantize) status = LayerRun(item, context, adding).run(report);
    else if (copied(item)) status = copy(item, context, adding);
    else status = cast(item, context, adding, report);
    sum = adding;
    return status;
}

}  // namespace lathe::pipeline
