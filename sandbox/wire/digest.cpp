#include "sandbox/wire/digest.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <cctype>
#include <stdexcept>

namespace sandbox {

namespace {
const unsigned char* bytes_of(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
} // namespace

std::string hex(const std::string& bytes) {
    return fmt::format("{:02x}", fmt::join(bytes_of(bytes), bytes_of(bytes) + bytes.size(), ""));
}

std::string sha256_hex(const std::string& data) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(bytes_of(data), data.size(), reinterpret_cast<unsigned char*>(digest.data()));
    return hex(digest);
}

std::string hmac_sha256(const std::string& key, const std::string& data) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(data), data.size(),
         reinterpret_cast<unsigned char*>(digest.data()), &length);
    return digest;
}

std::string random_hex(std::size_t bytes) {
    std::string random(bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes)) != 1)
        throw std::runtime_error("the system gave no random bytes");
    return hex(random);
}

std::string as_uuid(const std::string& hex_digits) {
    std::string id = hex_digits.substr(0, 32);
    for (const std::size_t place : {20U, 16U, 12U, 8U})
        id.insert(place, "-");
    return id;
}

std::string random_uuid() {
    std::string id = random_hex(16);
    id[12] = '4';
    return as_uuid(id);
}

std::string in_upper_case(std::string text) {
    for (char& c : text)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

bool equal_in_constant_time(const std::string& a, const std::string& b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace sandbox
