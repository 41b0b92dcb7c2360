// `lathe quantize` as its users type it: formats, plans, refusals, and what an interruption leaves.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "places.h"
#include "program.h"

namespace lathe::cli_test {
namespace {

using nlohmann::json;

// A safetensors file, written by hand: bf16 matrices of noise with heavy tails, and what stands beside them.
struct Source {
    struct Entry {
        std::string name, dtype;
        std::vector<int64_t> shape;
        std::string bytes;
    };
    std::vector<Entry> entries;
    uint64_t state = 7;

    double uniform() {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (static_cast<double>(state >> 11) + 0.5) * 0x1p-53;
    }
    Source& add(const std::string& name, std::vector<int64_t> shape, double scale = 0.02, float bad = 0) {
        int64_t count = 1;
        for (const int64_t size : shape) count *= size;
        Entry entry{name, "BF16", std::move(shape), {}};
        for (int64_t i = 0; i < count; ++i) {
            auto value = static_cast<float>(scale * std::log(uniform() / (1 - uniform())));
            if (bad != 0 && i == count / 2) value = bad;
            uint32_t bits;
            std::memcpy(&bits, &value, 4);
            entry.bytes += static_cast<char>(bits >> 16 & 255);
            entry.bytes += static_cast<char>(bits >> 24);
        }
        entries.push_back(std::move(entry));
        return *this;
    }
    void write(const std::string& path) const {
        json header = {{"__metadata__", {{"format", "pt"}, {"note", "kept"}}}};
        std::string data;
        for (const Entry& entry : entries) {
            header[entry.name] = {{"dtype", entry.dtype},
                                  {"shape", entry.shape},
                                  {"data_offsets", {data.size(), data.size() + entry.bytes.size()}}};
            data += entry.bytes;
        }
        std::string text = header.dump();
        text.append((8 - text.size() % 8) % 8, ' ');
        const uint64_t size = text.size();
        std::ofstream file(path, std::ios::binary);
        file.write(reinterpret_cast<const char*>(&size), 8) << text << data;
    }
};

// Names, types and shapes of a written file, and the bytes of a tensor.
struct Written {
    json header;
    std::string data;
    explicit Written(const std::string& path) {
        const std::string all = slurp(path);
        uint64_t size = 0;
        if (all.size() < 8) return;
        std::memcpy(&size, all.data(), 8);
        header = json::parse(all.substr(8, size));
        data = all.substr(8 + size);
    }
    std::string bytes(const std::string& name) const {
        const json& at = header.at(name).at("data_offsets");
        return data.substr(at[0].get<size_t>(), at[1].get<size_t>() - at[0].get<size_t>());
    }
    std::string type(const std::string& name) const {
        return header.contains(name) ? header[name]["dtype"].get<std::string>() + header[name]["shape"].dump()
                                     : "none";
    }
};

class QuantizeTest : public CliTest {
protected:
    std::string model(double bias_scale = 1) const {
        Source source;
        source.add("blocks.0.attn.qkv.weight", {192, 256}).add("blocks.0.attn.qkv.bias", {192}, bias_scale);
        source.add("blocks.0.mlp.fc1.weight", {130, 256}).add("blocks.0.norm1.weight", {256}, 1);
        source.add("img_in.weight", {192, 64}).write(at("m.safetensors"));
        return at("m.safetensors");
    }
    Outcome quantize(const std::string& input, const std::string& options,
                     const std::string& output = "q") const {
        return lathe("quantize '" + input + "' -o '" + at(output + ".safetensors") + "' " + options);
    }
};

TEST_F(QuantizeTest, WritesWhatTheLoaderWants) {
    const std::string source = model();
    struct Case {
        std::string options, weight, scale, format;
    };
    for (
        const Case& c : std::vector<Case>{
            {"--to fp8_e4m3", "F8_E4M3[192,256]", "F32[]", R"({"format": "float8_e4m3fn"})"},
            {"--to fp8_e5m2", "F8_E5M2[192,256]", "F32[]", R"({"format": "float8_e5m2"})"},
            {"--to fp8_e4m3 --scaling row", "F8_E4M3[192,256]", "F32[192]",
             R"({"format": "float8_e4m3fn_rowwise"})"},
            {"--to fp8_e4m3 --scaling block --block-size 64", "F8_E4M3[192,256]", "F32[3,4]",
             R"({"format": "float8_e4m3fn_blockwise", "group_size": 64})"},
            {"--to int8 --scaling tensor", "I8[192,256]", "F32[]", R"({"format": "int8_tensorwise"})"},
            {"--to int8", "I8[192,256]", "F32[192,1]", R"({"format": "int8_tensorwise", "per_row": true})"},
            {"--to int8 --convrot", "I8[192,256]", "F32[192,1]",
             R"({"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": 256, "per_row": true})"},
            {"--to int8 --scaling block --block-size 64", "I8[192,256]", "F32[3,4]",
             R"({"format": "int8_blockwise", "group_size": 64})"},
            {"--to nvfp4", "U8[192,128]", "F8_E4M3[256,16]",
             R"({"format": "nvfp4", "group_size": 16, "orig_dtype": "torch.bfloat16", "orig_shape": [192, 256]})"},
            {"--to mxfp8", "F8_E4M3[192,256]", "U8[256,8]",
             R"({"format": "mxfp8", "group_size": 32, "orig_dtype": "torch.bfloat16", "orig_shape": [192, 256]})"},
            {"--to convrot_w4a4", "I8[192,128]", "F32[192]",
             R"({"format": "convrot_w4a4", "convrot_groupsize": 256})"},
            {"--to awq_w4a16", "I8[192,128]", "BF16[4,192]", R"({"format": "awq_w4a16", "group_size": 64})"},
            {"--to asym_w4a8_int8", "I8[192,128]", "none",
             R"({"format": "asym_w4a8_int8", "group_size": 16, "convrot": true, "convrot_groupsize": 256})"}}) {
        SCOPED_TRACE(c.options);
        const Outcome done = quantize(source, c.options);
        ASSERT_EQ(done.status, 0) << done.err;
        const Written file(at("q.safetensors"));
        const std::string layer = "blocks.0.attn.qkv.";
        EXPECT_EQ(file.type(layer + "weight"), c.weight);
        EXPECT_EQ(file.type(layer + "weight_scale"), c.scale);
        EXPECT_EQ(file.bytes(layer + "comfy_quant"), c.format);
        EXPECT_EQ(file.header["__metadata__"]["note"], "kept");
        const json told =
            json::parse(file.header["__metadata__"]["_quantization_metadata"].get<std::string>());
        EXPECT_EQ(told["format_version"], "1.0");
        EXPECT_EQ(told["layers"]["blocks.0.attn.qkv"], json::parse(c.format));
        EXPECT_EQ(file.bytes(layer + "bias"), Written(source).bytes(layer + "bias"));
        EXPECT_EQ(file.type("img_in.weight"), "BF16[192,64]");  // loaders tell models by it
        const Outcome verified = lathe("verify '" + at("q.safetensors") + "' '" + source + "'");
        EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
        EXPECT_EQ(listing().size(), 2u);  // no partial file stays
    }
}

TEST_F(QuantizeTest, PlanWritesNothingAndTheTemplateGivesTheSameFile) {
    const std::string source = model();
    const Outcome plan = lathe("quantize '" + source + "' --to nvfp4 --plan --json");
    ASSERT_EQ(plan.status, 0) << plan.err;
    EXPECT_EQ(listing().size(), 1u);
    const json told = json::parse(plan.out);
    ASSERT_EQ(quantize(source, "--to nvfp4").status, 0);
    EXPECT_NEAR(told["bytes_after"].get<double>(),
                static_cast<double>(Written(at("q.safetensors")).data.size()), 1);
    ASSERT_EQ(
        lathe("quantize '" + source + "' --to nvfp4 --write-layer-config '" + at("c.json") + "'").status, 0);
    const Outcome again = quantize(source, "--to int8 --layer-config '" + at("c.json") + "'", "again");
    ASSERT_EQ(again.status, 0) << again.err;
    EXPECT_EQ(slurp(at("q.safetensors")), slurp(at("again.safetensors")));
}

TEST_F(QuantizeTest, ThreadsAndShardsDoNotChangeTheBytes) {
    const std::string source = model();
    for (const std::string to : {"nvfp4", "int8 --convrot", "asym_w4a8_int8", "fp8_e4m3 --rounding svd"}) {
        ASSERT_EQ(quantize(source, "--threads 1 --to " + to, "one").status, 0);
        ASSERT_EQ(quantize(source, "--threads 5 --to " + to, "five").status, 0);
        EXPECT_EQ(slurp(at("one.safetensors")), slurp(at("five.safetensors"))) << to;
    }
    ASSERT_EQ(quantize(source, "--to nvfp4 --shard-size 20000", "s").status, 0);
    ASSERT_EQ(quantize(source, "--to nvfp4", "whole").status, 0);
    const Outcome same = lathe("verify '" + at("s.safetensors.index.json") + "' '" + at("whole.safetensors") +
                               "' --layers --min-snr 300");
    EXPECT_EQ(same.status, 0) << same.out << same.err;
}

TEST_F(QuantizeTest, RefusesWhatIsNotFiniteByName) {
    for (const float bad : {NAN, INFINITY}) {
        Source source;
        source.add("a.weight", {64, 64}).add("b.weight", {64, 64}, 0.02, bad).write(at("bad.safetensors"));
        for (const std::string to :
             {"nvfp4", "int8", "int8 --convrot 64", "mxfp8", "fp8_e4m3", "fp8_e4m3 --scaling row"}) {
            const Outcome refused = quantize(at("bad.safetensors"), "--to " + to);
            EXPECT_EQ(refused.status, 1) << to;
            EXPECT_NE(refused.err.find("'b.weight' holds"), std::string::npos) << refused.err;
            EXPECT_NE(refused.err.find("row 32, column 0"), std::string::npos) << refused.err;
            EXPECT_EQ(listing().size(), 1u) << to;
        }
        EXPECT_EQ(quantize(at("bad.safetensors"), "--to int8 --exclude '^b'").status, 0);
        std::remove(at("q.safetensors").c_str());
    }
}

TEST_F(QuantizeTest, BadUseSaysTheWayOut) {
    const std::string source = model();
    const auto refused = [&](const std::string& options, int status, const std::string& words) {
        const Outcome outcome = quantize(source, options);
        EXPECT_EQ(outcome.status, status) << options;
        EXPECT_NE((outcome.err + outcome.out).find(words), std::string::npos) << options << "\n"
                                                                              << outcome.err;
        EXPECT_EQ(listing().size(), 1u);
    };
    refused("--to int3", 1, "nvfp4");
    refused("--to nvfp4 --preset nonesuch", 1, "flux2");
    refused("--to nvfp4 --rounding gptq", 1, "calibrate");
    refused("--to nvfp4 --resume", 1, "nothing to resume");
    refused("--to nvfp4 --report x.txt", 1, ".html");
    refused("--to nvfp4 --exclude '['", 1, "[");
    const Outcome same = lathe("quantize '" + source + "' --to int8 -o '" + source + "'");
    EXPECT_EQ(same.status, 1);
    EXPECT_NE(same.err.find("would replace the input"), std::string::npos);
    const std::string whole = slurp(source);
    for (const size_t keep : {size_t{0}, size_t{7}, size_t{100}, whole.size() / 2, whole.size() - 1}) {
        std::ofstream(at("cut.safetensors"), std::ios::binary) << whole.substr(0, keep);
        EXPECT_EQ(quantize(at("cut.safetensors"), "--to int8").status, 1) << keep;
    }
    EXPECT_EQ(listing().size(), 2u);
}

TEST_F(QuantizeTest, AFullDiskLosesNothing) {
    const std::string source = model();
    ASSERT_EQ(quantize(source, "--to int8").status, 0);
    const std::string before = slurp(at("q.safetensors"));
    const Outcome full = lathe("quantize '" + source + "' --to nvfp4 -o '" + at("q.safetensors") + "'",
                               "ulimit -f 8; trap '' XFSZ; ");
    EXPECT_EQ(full.status, 1);
    EXPECT_EQ(slurp(at("q.safetensors")), before);
}

TEST_F(QuantizeTest, GoesOnAfterBeingKilled) {
    Source source;
    for (int i = 0; i < 24; ++i) source.add("blocks." + std::to_string(i) + ".fc.weight", {256, 1024});
    source.write(at("m.safetensors"));
    const std::string model = at("m.safetensors"), output = at("q.safetensors");
    ASSERT_EQ(quantize(model, "--to nvfp4 --threads 1", "whole").status, 0);
    const std::string whole = slurp(at("whole.safetensors"));
    bool resumed_some = false;
    for (int round = 0; round < 3; ++round) {
        const pid_t child = fork();
        if (child == 0) {
            const int quiet = open("/dev/null", 1);
            dup2(quiet, 1);
            dup2(quiet, 2);
            execl(kProgram, kProgram, "quantize", model.c_str(), "--to", "nvfp4", "--threads", "1", "-o",
                  output.c_str(), static_cast<char*>(nullptr));
            _exit(127);
        }
        // Killed once so many layers are noted as done.
        const std::string journal = output + ".partial.journal";
        for (int tries = 0; tries < 20000; ++tries) {
            const std::string lines = slurp(journal);
            if (std::count(lines.begin(), lines.end(), '\n') > 6 * round + 1) break;
            std::this_thread::sleep_for(std::chrono::microseconds(300));
        }
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        if (!WIFSIGNALED(status)) {
            std::remove(output.c_str());
            continue;  // it was faster
        }
        EXPECT_EQ(access(output.c_str(), F_OK), -1) << "a half-written output has the final name";
        if (round == 1) {  // a piece that never reached the disk is noticed
            std::fstream partial(output + ".partial", std::ios::in | std::ios::out | std::ios::binary);
            partial.seekp(-100, std::ios::end);
            partial.write(std::string(100, '\x55').data(), 100);
        }
        const Outcome other = quantize(model, "--to nvfp4 --rounding nearest --threads 1 --resume");
        EXPECT_EQ(other.status, 1);
        EXPECT_NE(other.err.find("another command"), std::string::npos) << other.err;
        const Outcome resumed = quantize(model, "--to nvfp4 --threads 2 --resume --json");
        ASSERT_EQ(resumed.status, 0) << resumed.err;
        resumed_some = resumed_some || json::parse(resumed.out)["resumed_layers"].get<int>() > 0;
        EXPECT_EQ(slurp(output), whole);
        std::remove(output.c_str());
    }
    EXPECT_TRUE(resumed_some);
}

TEST_F(QuantizeTest, SourcesThatAreQuantisedAreDequantisedFirst) {
    const std::string source = model();
    for (const std::string to :
         {"comfy-legacy", "fp8_e4m3 --scaling row", "nvfp4", "int8 --convrot", "mxfp8", "asym_w4a8_int8"}) {
        ASSERT_EQ(quantize(source, "--to " + to, "first").status, 0);
        ASSERT_EQ(
            lathe("quantize '" + at("first.safetensors") + "' --to fp32 -o '" + at("plain.safetensors") + "'")
                .status,
            0);
        const Outcome plain = lathe("verify '" + at("plain.safetensors") + "' '" + at("first.safetensors") +
                                    "' --layers --min-snr 150");
        EXPECT_EQ(plain.status, 0) << to << plain.out << plain.err;
        // The same format again changes nothing: the values lie on its grid. (Rows have a scale of their own.)
        const Outcome again = quantize(at("first.safetensors"), "--to " + to, "second");
        ASSERT_EQ(again.status, 0) << again.err;
        EXPECT_NE(again.out.find("dequantised first"), std::string::npos) << again.out;
        const Outcome close = lathe("verify '" + at("second.safetensors") + "' '" + at("first.safetensors") +
                                    "' --layers --min-snr 20");
        EXPECT_EQ(close.status, 0) << to << close.out;
    }
}

TEST_F(QuantizeTest, ReportsAreWritten) {
    const std::string source = model();
    for (const std::string name : {"r.json", "r.md", "r.html"}) {
        ASSERT_EQ(quantize(source, "--to nvfp4 --report '" + at(name) + "'").status, 0);
        const std::string text = slurp(at(name));
        EXPECT_NE(text.find("blocks.0.attn.qkv.weight"), std::string::npos) << name;
    }
    EXPECT_NE(slurp(at("r.html")).find("<svg"), std::string::npos);
    const json report = json::parse(slurp(at("r.json")));
    EXPECT_GT(report["snr_db"].get<double>(), 15);
    EXPECT_EQ(report["layers"].size(), 5u);
}

TEST_F(QuantizeTest, TheErrorsRestIsALoraFile) {
    const std::string source = model();
    const Outcome done = quantize(source, "--to nvfp4 --lora-rank 8");
    ASSERT_EQ(done.status, 0) << done.err;
    const Written lora(at("q_lora.safetensors"));
    EXPECT_EQ(lora.type("diffusion_model.blocks.0.attn.qkv.lora_up.weight"), "F32[192,8]");
    EXPECT_EQ(lora.type("diffusion_model.blocks.0.attn.qkv.lora_down.weight"), "F32[8,256]");
    // Merged into the dequantised weights it brings them nearer to the original.
    ASSERT_EQ(lathe("quantize '" + at("q.safetensors") + "' --to fp32 -o '" + at("merged.safetensors") +
                    "' --lora '" + at("q_lora.safetensors") + "'")
                  .status,
              0);
    const auto snr = [&](const std::string& file) {
        const json report =
            json::parse(lathe("verify '" + at(file) + "' '" + source + "' --layers --json").out);
        for (const json& layer : report["layers"])
            if (layer["name"] == "blocks.0.attn.qkv.weight") return layer["snr_db"].get<double>();
        return 0.0;
    };
    EXPECT_GT(snr("merged.safetensors"), snr("q.safetensors") + 0.3);
}

TEST_F(QuantizeTest, RepairMendsLabelsAndTouchesNoWeight) {
    const std::string source = model();
    const auto repair = [&](const std::string& from, const std::string& options) {
        return lathe("repair '" + from + "' -o '" + at("r.safetensors") + "' " + options);
    };
    ASSERT_EQ(quantize(source, "--to fp8_e4m3", "now").status, 0);
    ASSERT_EQ(quantize(source, "--to comfy-legacy", "old").status, 0);
    const Written now(at("now.safetensors")), old(at("old.safetensors"));
    EXPECT_EQ(old.type("scaled_fp8"), "F8_E4M3[2]");
    EXPECT_EQ(old.type("blocks.0.attn.qkv.scale_weight"), "F32[]");
    EXPECT_EQ(old.type("blocks.0.attn.qkv.comfy_quant"), "none");
    ASSERT_EQ(repair(at("old.safetensors"), "").status, 0);
    const Written mended(at("r.safetensors"));
    for (const std::string name :
         {"blocks.0.attn.qkv.weight", "blocks.0.attn.qkv.weight_scale", "blocks.0.norm1.weight"})
        EXPECT_EQ(mended.bytes(name), now.bytes(name)) << name;
    EXPECT_EQ(mended.type("scaled_fp8"), "none");
    EXPECT_EQ(mended.bytes("blocks.0.attn.qkv.comfy_quant"),
              R"({"format": "float8_e4m3fn", "full_precision_matrix_mult": true})");

    // A file without a word about its formats, as from programs that lose metadata.
    for (const std::string to :
         {"nvfp4", "mxfp8", "int8", "fp8_e4m3 --scaling row", "fp8_e4m3 --scaling block --block-size 2"}) {
        ASSERT_EQ(quantize(source, "--to " + to, "told").status, 0);
        const Written told(at("told.safetensors"));
        json header = told.header;
        header["__metadata__"].erase("_quantization_metadata");
        std::string data;
        for (auto& [name, entry] : header.items())
            if (name != "__metadata__" && !name.ends_with("comfy_quant")) {
                const std::string bytes = told.bytes(name);
                entry["data_offsets"] = {data.size(), data.size() + bytes.size()};
                data += bytes;
            }
        for (const std::string layer : {"blocks.0.attn.qkv", "blocks.0.mlp.fc1"})
            header.erase(layer + ".comfy_quant");
        std::string text = header.dump();
        text.append((8 - text.size() % 8) % 8, ' ');
        const uint64_t size = text.size();
        std::ofstream(at("mute.safetensors"), std::ios::binary).write(reinterpret_cast<const char*>(&size), 8)
            << text << data;
        const Outcome done = repair(at("mute.safetensors"), "");
        ASSERT_EQ(done.status, 0) << to << done.err;
        const Outcome same = lathe("verify '" + at("r.safetensors") + "' '" + at("told.safetensors") +
                                   "' --layers --min-snr 300");
        EXPECT_EQ(same.status, to == "nvfp4" || to == "mxfp8" ? 1 : 0)
            << to << same.out;  // their padding stays
    }
    ASSERT_EQ(quantize(source, "--to int8 --convrot", "told").status, 0);
    ASSERT_EQ(repair(at("told.safetensors"), "--set full_precision_matrix_mult=true --layers qkv").status, 0);
    const Written edited(at("r.safetensors"));
    EXPECT_EQ(edited.bytes("blocks.0.attn.qkv.comfy_quant"),
              R"({"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": 256, "per_row": true, )"
              R"("full_precision_matrix_mult": true})");
    const json told = json::parse(edited.header["__metadata__"]["_quantization_metadata"].get<std::string>());
    EXPECT_TRUE(told["layers"]["blocks.0.mlp.fc1"]["convrot"].get<bool>());  // the rotation is not lost
    EXPECT_EQ(repair(at("told.safetensors"), "--set format=nvfp4").status, 1);
    EXPECT_EQ(repair(at("told.safetensors"), "--set convrot_groupsize=512").status, 1);
    EXPECT_EQ(repair(source, "").status, 1);
}

}  // namespace
}  // namespace lathe::cli_test
