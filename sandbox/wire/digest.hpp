// SHA-256, HMAC and random bytes, as OpenSSL does them.
#pragma once

#include <string>

namespace sandbox {

std::string sha256_hex(const std::string& data);
std::string hmac_sha256(const std::string& key, const std::string& data); // 32 raw bytes
std::string hex(const std::string& bytes);
std::string random_hex(std::size_t bytes);          // two characters a byte
std::string as_uuid(const std::string& hex_digits); // of the first 32
std::string random_uuid();
std::string in_upper_case(std::string text);
bool equal_in_constant_time(const std::string& a, const std::string& b);

} // namespace sandbox
