// Passwords as http.web_config_file holds them, cheap to check.
#pragma once

namespace faultprint::test {

// Of "secret".
inline constexpr const char* kSecretHash =
    "$2y$04$5Yvvm8VpiT39ejTVPbzc4uSD7DF7tW9wELV0UpRwhm0cz339i8acG";
// Of "U*U": crypt_blowfish's first test vector, another implementation's.
inline constexpr const char* kPublishedHash =
    "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

}  // namespace faultprint::test
