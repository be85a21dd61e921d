#include "src/aws/signature.hpp"

#include <cctype>
#include <fmt/format.h>
#include <map>
#include <openssl/evp.h>
#include <stdexcept>
#include <string_view>

namespace snow_white::aws {

namespace {

template <class Thing, void (*free)(Thing*)> struct Freed {
    void operator()(Thing* thing) const { free(thing); }
};
template <class Thing, void (*free)(Thing*)> using Owned = std::unique_ptr<Thing, Freed<Thing, free>>;

void must(bool well) {
    if (!well) throw std::runtime_error("OpenSSL gives no SHA-256");
}

template <class Bytes> std::string hex(const Bytes& bytes) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string_view text_of(const std::array<unsigned char, 32>& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// "20261125T140000Z"
std::string stamp_of(Instant now) {
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(now - day)};
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

struct Place {
    std::string host; // with the port, where the URL has one
    std::string path;
};

Place place_of(const std::string& url) {
    const auto scheme = url.find("://");
    const auto host = scheme == std::string::npos ? 0 : scheme + 3;
    const auto path = std::min(url.find('/', host), url.size());
    return {url.substr(host, path - host), path == url.size() ? "/" : url.substr(path)};
}

std::string in_small(std::string text) {
    for (char& letter : text)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return text;
}

} // namespace

// Fetched once: each fetch is a search by name.
struct Signer::Hashes {
    Hashes() {
        OSSL_PARAM how[] = {OSSL_PARAM_construct_utf8_string("digest", name.data(), 0),
                            OSSL_PARAM_construct_end()};
        must(sha256 && context && keyed && EVP_MAC_CTX_set_params(keyed.get(), how) == 1);
    }

    Digest of(std::string_view text) {
        Digest digest{};
        must(EVP_DigestInit_ex2(context.get(), sha256.get(), nullptr) == 1 &&
             EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
             EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
        return digest;
    }

    Digest of(std::string_view text, std::string_view key) {
        Digest digest{};
        std::size_t size = 0;
        must(EVP_MAC_init(keyed.get(), reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                          nullptr) == 1 &&
             EVP_MAC_update(keyed.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size()) ==
                 1 &&
             EVP_MAC_final(keyed.get(), digest.data(), &size, digest.size()) == 1);
        return digest;
    }

    std::string name = "SHA256";
    Owned<EVP_MD, EVP_MD_free> sha256{EVP_MD_fetch(nullptr, name.c_str(), nullptr)};
    Owned<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
    Owned<EVP_MAC, EVP_MAC_free> hmac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
    Owned<EVP_MAC_CTX, EVP_MAC_CTX_free> keyed{EVP_MAC_CTX_new(hmac.get())};
};

Signer::Signer() = default;
Signer::~Signer() = default;

const Signer::Digest& Signer::key_of(const Signing& signing, const std::string& day) {
    const std::string& secret = signing.credentials.secret_access_key;
    std::string wanted = fmt::format("{} {} {} {}", day, signing.region, signing.service, secret);
    if (wanted == key_is_for_) return key_;
    key_ = hashes_->of(day, "AWS4" + secret);
    for (const std::string& part : {signing.region, signing.service, std::string("aws4_request")})
        key_ = hashes_->of(part, text_of(Digest(key_)));
    key_is_for_ = std::move(wanted);
    return key_;
}

Headers Signer::headers_for(const HttpRequest& request, Instant now) {
    if (!hashes_) hashes_ = std::make_unique<Hashes>();
    const Signing& signing = *request.signing;
    const Credentials& credentials = signing.credentials;
    const std::string stamp = stamp_of(now);
    const std::string day = stamp.substr(0, stamp.find('T'));
    const Place place = place_of(request.url);
    Headers added{{"Host", place.host}, {"X-Amz-Date", stamp}};
    if (!credentials.session_token.empty())
        added.emplace_back("X-Amz-Security-Token", credentials.session_token);

    std::map<std::string, std::string> by_name;
    for (const auto* headers : {&request.headers, &std::as_const(added)})
        for (const auto& [name, value] : *headers)
            by_name.emplace(in_small(name), value);
    std::string lines;
    std::string names;
    for (const auto& [name, value] : by_name) {
        lines += name + ":" + value + "\n";
        names += (names.empty() ? "" : ";") + name;
    }
    const std::string canonical = request.method + "\n" + place.path + "\n\n" + lines + "\n" + names + "\n" +
                                  hex(hashes_->of(request.body));
    const std::string scope = day + "/" + signing.region + "/" + signing.service + "/aws4_request";
    const std::string to_sign =
        "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + hex(hashes_->of(canonical));
    const std::string signature = hex(hashes_->of(to_sign, text_of(key_of(signing, day))));
    added.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=" + credentials.access_key_id + "/" +
                                            scope + ", SignedHeaders=" + names + ", Signature=" + signature);
    return added;
}

} // namespace snow_white::aws
