// The setting SIDEKIQ_REDIS_URL: what is accepted, and errors that keep its secrets.
#include "src/sidekiq/addresses.hpp"

#include <gmock/gmock.h>

namespace {

using namespace snow_white::sidekiq;
using testing::HasSubstr;
using testing::Not;

RedisUrl url_of(const std::string& text) {
    const auto url = parse_redis_url(text);
    EXPECT_TRUE(url) << text << ": " << (url ? "" : url.error());
    return url.value_or(RedisUrl{});
}

TEST(RedisUrl, EachPartIsRead) {
    const RedisUrl url = url_of("rediss://reader:pass%2Fw%40rd%25@cache.example.com:6380/3");
    EXPECT_TRUE(url.tls);
    EXPECT_EQ(url.user, "reader");
    EXPECT_EQ(url.password, "pass/w@rd%");
    EXPECT_EQ(url.host, "cache.example.com");
    EXPECT_EQ(url.port, 6380);
    EXPECT_EQ(url.database, 3);
    EXPECT_EQ(address_of(url), "cache.example.com:6380");
}

TEST(RedisUrl, WhatIsLeftOutHasItsUsualValue) {
    const RedisUrl url = url_of("redis://cache/");
    EXPECT_FALSE(url.tls);
    EXPECT_EQ(url.user, "");
    EXPECT_EQ(url.password, "");
    EXPECT_EQ(url.port, 6379);
    EXPECT_EQ(url.database, 0);
}

TEST(RedisUrl, APasswordAloneIsOfTheDefaultUser) {
    const RedisUrl url = url_of("redis://:p:w@cache");
    EXPECT_EQ(url.user, "");
    EXPECT_EQ(url.password, "p:w"); // the first colon alone ends the user
}

TEST(RedisUrl, AnIpv6AddressHasBrackets) {
    const RedisUrl url = url_of("redis://[fd00::7]:6380/1");
    EXPECT_EQ(url.host, "fd00::7");
    EXPECT_EQ(url.port, 6380);
    EXPECT_EQ(address_of(url), "[fd00::7]:6380");
}

TEST(RedisUrl, AnErrorNamesThePartAndNeverTheText) {
    const std::pair<const char*, const char*> wrong[]{
        {"http://:s3cret@cache", "does not begin with redis://"},
        {"redis://:s3cret%zz@cache", "% without two hexadecimal digits"},
        {"redis://:s3cret%@cache", "% without two hexadecimal digits"},
        {"redis://s3cret@cache", "a user, but no password"},
        {"redis://s3cret:@cache", "a user, but no password"},
        {"redis://:s3cret@", "its host is none"},
        {"redis://:s3cret/x@cache", "%2F"},
        {"redis://:s3cret@ca che", "its host is none"},
        {"redis://:s3cret@cache\n", "its host is none"},
        {"redis://:s3cret@cache:0", "no number from 1 to 65535"},
        {"redis://:s3cret@cache:65536", "no number from 1 to 65535"},
        {"redis://:s3cret@cache:six", "no number from 1 to 65535"},
        {"redis://:s3cret@[fd00::7]6379", "no number from 1 to 65535"},
        {"redis://:s3cret@[fd00::7", "no ]"},
        {"redis://:s3cret@cache/x", "database is no whole number"},
        {"redis://:s3cret@cache/-1", "database is no whole number"},
    };
    for (const auto& [text, words] : wrong) {
        const auto url = parse_redis_url(text);
        ASSERT_FALSE(url) << text;
        EXPECT_THAT(url.error(), HasSubstr(words)) << text;
        EXPECT_THAT(url.error(), HasSubstr("write redis://[USER:PASSWORD@]HOST")) << text;
        EXPECT_THAT(url.error(), Not(HasSubstr("s3cret")));
    }
    EXPECT_FALSE(parse_redis_url("redis://cache/" + std::string(5000, '1')));
}

TEST(Addresses, OneUrlIsOfEveryApplication) {
    const auto one = addresses_for(" redis://cache/1\n", "shop");
    ASSERT_TRUE(one);
    ASSERT_EQ(one->servers.size(), 1U);
    EXPECT_EQ(one->servers[0].database, 1);
    EXPECT_EQ(one->name_space, "");
}

TEST(Addresses, CommasSeparateShards) {
    const auto shards = addresses_for("redis://one, rediss://:p%2Cw@two", "shop");
    ASSERT_TRUE(shards) << shards.error();
    ASSERT_EQ(shards->servers.size(), 2U);
    EXPECT_EQ(shards->servers[1].password, "p,w");
}

TEST(Addresses, TwoDatabasesOfOneServerAreTwo) {
    EXPECT_TRUE(addresses_for("redis://one/1,redis://one/2,redis://one:7000/1", "shop"));
}

TEST(Addresses, AMapNamesApplications) {
    const std::string map = R"({"shop": "redis://one", "*": "redis://two,redis://three"})";
    EXPECT_EQ(addresses_for(map, "shop")->servers.at(0).host, "one");
    EXPECT_EQ(addresses_for(map, "blog")->servers.size(), 2U);
    EXPECT_TRUE(addresses_for(R"({"shop": "redis://one"})", "blog")->servers.empty());
    EXPECT_TRUE(addresses_for("", "shop")->servers.empty());
    // What is wrong for one application hinders no other one.
    EXPECT_TRUE(addresses_for(R"({"shop": "redis://one", "blog": 7})", "shop"));
}

TEST(Addresses, ANamespaceIsOfAllServers) {
    const auto addresses = addresses_for("redis://one?namespace=shop,redis://two", "shop");
    ASSERT_TRUE(addresses);
    EXPECT_EQ(addresses->name_space, "shop");
    EXPECT_EQ(addresses->servers[0].host, "one");
    EXPECT_FALSE(addresses_for("redis://one?namespace=a,redis://two?namespace=b", "shop"));
    EXPECT_FALSE(addresses_for("redis://one,redis://two?namespace=b", "shop"));
}

TEST(Addresses, AnErrorNamesTheVariableAndNeverTheText) {
    const std::pair<const char*, const char*> wrong[]{
        {R"({"shop": "redis://:s3cret@one")", "no JSON object"},
        {R"({"shop": ["redis://:s3cret@one"]})", "no text"},
        {R"({"shop": "s3cret"})", "does not begin with redis://"},
        {"redis://:s3cret@one?ssl=no", "?namespace=NAME"},
        {"redis://:s3cret?@one", "?namespace=NAME"},
        {"redis://:s3cret@one?namespace=", "?namespace=NAME"},
        {"redis://one,:s3cret,@two", "URL 2 of 3"},
        {"redis://one,redis://two,rediss://u:s3cret@ONE:6379/0", "URL 3 of 3: the same server"},
    };
    for (const auto& [text, words] : wrong) {
        const auto addresses = addresses_for(text, "shop");
        ASSERT_FALSE(addresses) << text;
        EXPECT_THAT(addresses.error(), HasSubstr(words)) << text;
        EXPECT_THAT(addresses.error(), HasSubstr("SIDEKIQ_REDIS_URL: ")) << text;
        EXPECT_THAT(addresses.error(), Not(HasSubstr("s3cret")));
    }
}

} // namespace
