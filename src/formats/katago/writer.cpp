// Writing: description and tensors -> the words and float blocks of a file.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/number_codecs.h"
#include "base/text.h"
#include "formats/katago/katago.h"
#include "formats/katago/python_float.h"
#include "formats/katago/records.h"
#include "formats/katago/tokens.h"
#include "wire/deflate.h"

namespace lathe::formats {
namespace katago {
namespace {

class RecordWriter final : public Records {
public:
    RecordWriter(const graph::Checkpoint& checkpoint, bool binary, wire::ByteSink sink)
        : binary_(binary), sink_(std::move(sink)), here_{checkpoint.metadata.get()} {
        for (const graph::NamedTensor& entry : checkpoint.tensors)
            tensors_.emplace(entry.name, &entry.tensor);
    }

    std::string word(std::string_view key) override {
        const Json* value = member(key);
        if (value == nullptr) return {};
        if (!value->is_string()) return fail_here(format("{} is no text", key)), std::string();
        const auto text = value->get<std::string>();
        const auto printable_ascii = [](char c) { return c > 0x20 && c < 0x7f; };
        if (text.empty() || !std::ranges::all_of(text, printable_ascii))
            return fail_here(format("{} '{}' is not one word of ASCII", key, printable(text))), std::string();
        line(text);
        return text;
    }

    int64_t integer(std::string_view key, int64_t low, int64_t high) override {
        const Json* value = member(key);
        if (value == nullptr) return low;
        if (!value->is_number_integer()) return fail_here(format("{} is no whole number", key)), low;
        const auto number = value->get<int64_t>();
        if (number < low || number > high)
            return fail_here(format("{} is {}, expected {} to {}", key, number, low, high)), low;
        line(format("{}", number));
        return number;
    }

    double number(std::string_view key) override {
        const Json* value = member(key);
        if (value == nullptr) return 1;
        if (!value->is_number()) return fail_here(format("{} is no number", key)), 1;
        const auto number = value->get<double>();
        if (!(number > 0) || !std::isfinite(number))
            return fail_here(format("{} is {}, expected a number above 0", key, number)), 1;
        line(python_float(number));
        return number;
    }

    int64_t list(std::string_view key, int64_t low, int64_t high) override {
        const Json* value = member(key);
        if (value == nullptr) return low;
        const auto length = static_cast<int64_t>(value->is_array() ? value->size() : 0);
        if (length < low || length > high)
            return fail_here(format("{} has {} entries, expected {} to {}", key, length, low, high)), low;
        line(format("{}", length));
        return length;
    }

    void reserved(int count) override {
        for (int i = 0; i < count; ++i) line("0");
    }

    void floats(std::string_view key, const Shape& shape, std::span<const int> view) override {
        if (!ok()) return;
        const auto found = tensors_.find(path_of(key));
        if (found == tensors_.end())
            return fail_here(format("the checkpoint has no tensor '{}'", path_of(key)));
        Shape expected;
        std::vector<int> back(view.size());
        for (size_t i = 0; i < view.size(); ++i) {
            expected.push_back(shape[static_cast<size_t>(view[i])]);
            back[static_cast<size_t>(view[i])] = static_cast<int>(i);
        }
        const Tensor& tensor = *found->second;
        if (tensor.dtype() != DType::kF32 || tensor.shape() != expected)
            return fail_here(format("{} is {}, expected f32{}", key, describe(tensor), to_string(expected)));
        const Tensor stored = tensor.transposed(back).to_contiguous();
        if (!all_finite_f32(stored.bytes())) return fail_here(format("{} holds a NaN or an infinity", key));
        if (!binary_) return text_floats(stored.values<float>());
        put(as_bytes("@BIN@"));
        put(stored.bytes());
        put(as_bytes("\n"));
    }

    void end() override {}

private:
    const Json* member(std::string_view key) {
        if (!ok()) return nullptr;
        const Json* value = here_.back() == nullptr ? nullptr : find_member(*here_.back(), key);
        if (value == nullptr) fail_here(format("the description has no '{}'", key));
        return value;
    }

    void put(ByteSpan bytes) {
        if (!ok()) return;
        if (auto status = sink_(bytes); !status) fail_here(status.error().message);
    }
    void line(std::string_view text) { put(as_bytes(std::string(text) + '\n')); }

    void text_floats(std::span<const float> values) {
        std::string text;
        for (const float value : values) {
            char digits[32];
            text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr) += ' ';
            if (text.size() < 60000) continue;
            put(as_bytes(text));
            text.clear();
        }
        text += '\n';
        put(as_bytes(text));
    }

    void entered(std::string_view key, int64_t index) override {
        const Json* child = member(key);
        if (child != nullptr && index >= 0)
            child = child->is_array() && static_cast<size_t>(index) < child->size()
                        ? &(*child)[static_cast<size_t>(index)]
                        : nullptr;
        here_.push_back(child);
    }
    void left() override { here_.pop_back(); }

    bool binary_;
    wire::ByteSink sink_;
    std::vector<const Json*> here_;
    std::map<std::string_view, const Tensor*, std::less<>> tensors_;
};

Status write_records(const graph::Checkpoint& checkpoint, bool binary, wire::ByteSink sink) {
    RecordWriter records(checkpoint, binary, std::move(sink));
    network_records(records);
    if (!records.ok()) return std::unexpected(records.error());
    return {};
}

}  // namespace
}  // namespace katago

Status write_katago(const graph::Checkpoint& checkpoint, const std::string& path) {
    std::string_view stem = path;
    const bool zipped = stem.ends_with(".gz");
    if (zipped) stem.remove_suffix(3);
    const bool text = stem.ends_with(".txt");
    if (!text && !zipped && !stem.ends_with(".bin"))
        return fail("{}: a KataGo network ends in .bin.gz, .bin, .txt.gz or .txt", path);
    if (checkpoint.format != "katago" || !checkpoint.metadata)
        return fail("{}: the network in '{}' is a {} checkpoint, not in the form of KataGo's records", path,
                    checkpoint.path, checkpoint.format);
    TRY(OutputFile file, OutputFile::create(path));
    const auto to_file = [&file](ByteSpan bytes) { return file.write(bytes); };
    if (zipped) {
        constexpr int kLevel = 1;  // floats hardly shrink any further
        const auto stream = wire::open_deflate(wire::Wrap::kGzip, kLevel, to_file);
        const auto to_stream = [&stream](ByteSpan bytes) { return stream->write(bytes); };
        TRY_STATUS(with_place(katago::write_records(checkpoint, !text, to_stream), path));
        TRY_STATUS(stream->finish());
    } else {
        TRY_STATUS(with_place(katago::write_records(checkpoint, !text, to_file), path));
    }
    return file.commit();
}

}  // namespace lathe::formats
