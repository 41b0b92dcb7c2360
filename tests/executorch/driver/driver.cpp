// Runs programs by ExecuTorch's own runtime. One job a line on standard input:
//   PROGRAM OUTPUT_PREFIX [INPUT…]
// Inputs are the raw bytes of the tensors; output k is written to OUTPUT_PREFIX.k, and the line "ok" or "error: …" printed.
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace et = executorch::runtime;

namespace {

class MemoryLoader final : public et::DataLoader {
public:
    explicit MemoryLoader(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        size_ = bytes.size();
        data_.reset(static_cast<char*>(std::aligned_alloc(128, (size_ + 255) / 128 * 128)));
        std::memcpy(data_.get(), bytes.data(), size_);
    }
    et::Result<et::FreeableBuffer> load(size_t offset, size_t size, const SegmentInfo&) const override {
        if (offset > size_ || size > size_ - offset) return et::Error::InvalidArgument;
        return et::FreeableBuffer(data_.get() + offset, size, nullptr);
    }
    et::Result<size_t> size() const override { return size_; }

private:
    struct Free {
        void operator()(char* p) const { std::free(p); }
    };
    std::unique_ptr<char, Free> data_;
    size_t size_ = 0;
};

std::string failed(const char* what, et::Error error) {
    return std::string(what) + " (error " + std::to_string(static_cast<int>(error)) + ")";
}

std::string run(const std::string& path, const std::string& prefix, const std::vector<std::string>& inputs) {
    MemoryLoader loader(path);
    auto program = et::Program::load(&loader, et::Program::Verification::InternalConsistency);
    if (!program.ok()) return failed("the program does not load", program.error());
    auto meta = program->method_meta("forward");
    if (!meta.ok()) return failed("it has no method 'forward'", meta.error());
    std::vector<std::vector<uint8_t>> buffers;
    std::vector<et::Span<uint8_t>> spans;
    for (size_t i = 0; i < meta->num_memory_planned_buffers(); ++i) {
        const auto size = static_cast<size_t>(meta->memory_planned_buffer_size(i).get());
        buffers.emplace_back(size + 64, 0xA5);
        auto* aligned =
            buffers.back().data() + (64 - reinterpret_cast<uintptr_t>(buffers.back().data()) % 64) % 64;
        spans.emplace_back(aligned, size);
    }
    et::HierarchicalAllocator planned({spans.data(), spans.size()});
    constexpr uint32_t kPoolBytes = 64U << 20;
    static uint8_t* const pool = new uint8_t[kPoolBytes];
    static uint8_t* const scratch = new uint8_t[kPoolBytes];
    et::MemoryAllocator method_allocator(kPoolBytes, pool), temp_allocator(kPoolBytes, scratch);
    et::MemoryManager memory(&method_allocator, &planned, &temp_allocator);
    auto method = program->load_method("forward", &memory);
    if (!method.ok()) return failed("the method does not load", method.error());
    if (inputs.size() != method->inputs_size())
        return "it takes " + std::to_string(method->inputs_size()) + " inputs";
    for (size_t i = 0; i < inputs.size(); ++i) {
        std::ifstream in(inputs[i], std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        auto tensor = method->mutable_input(i).toTensor();
        if (tensor.nbytes() != bytes.size()) return "input " + std::to_string(i) + " has another size";
        if (!bytes.empty()) std::memcpy(tensor.mutable_data_ptr(), bytes.data(), bytes.size());
    }
    const et::Error error = method->execute();
    if (error != et::Error::Ok) return failed("it does not run", error);
    for (size_t i = 0; i < method->outputs_size(); ++i) {
        const auto& tensor = method->get_output(i).toTensor();
        std::ofstream out(prefix + "." + std::to_string(i), std::ios::binary);
        out.write(static_cast<const char*>(tensor.const_data_ptr()),
                  static_cast<std::streamsize>(tensor.nbytes()));
    }
    return {};
}

}  // namespace

int main() {
    et::runtime_init();
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string path, prefix, word;
        words >> path >> prefix;
        std::vector<std::string> inputs;
        while (words >> word) inputs.push_back(word);
        const std::string error = run(path, prefix, inputs);
        std::cout << (error.empty() ? "ok" : "error: " + error) << std::endl;
    }
    return 0;
}
