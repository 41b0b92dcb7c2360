// For tests only: KataGo's own answers from the shared data, unpacked with zlib.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/json.h"

namespace lathe::game {

// Tests of this class run where the shared data is, and are skipped elsewhere.
class SharedKataGo : public testing::Test {
protected:
    void SetUp() override;
    const std::string& folder() const { return folder_; }  // …/data/katago
    std::string text(const std::string& name) const;       // of a file in it; ".gz" is unpacked
    Json json(const std::string& name) const;
    std::vector<float> npy(const std::string& name) const;  // .npy.gz of little-endian f32
    std::map<std::string, std::vector<float>> npz(const std::string& name) const;  // by name, without ".npy"
    // The names of positions.json.
    std::vector<std::string> positions() const;

private:
    std::string folder_;
};

}  // namespace lathe::game
