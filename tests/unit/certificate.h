// A certificate and its key, as PEM files of a test's own.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <string>

namespace faultprint::test {

// Signed by itself, for the name.
inline void write_certificate(const std::string& cert_file, const std::string& key_file,
                              const std::string& name) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> cert(X509_new(), &X509_free);
  X509_set_version(cert.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
  X509_set_pubkey(cert.get(), key.get());
  X509_NAME* const subject = X509_get_subject_name(cert.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(cert.get(), subject);
  X509_sign(cert.get(), key.get(), EVP_sha256());
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  PEM_write_X509(File(std::fopen(cert_file.c_str(), "w"), &std::fclose).get(), cert.get());
  PEM_write_PrivateKey(File(std::fopen(key_file.c_str(), "w"), &std::fclose).get(), key.get(),
                       nullptr, nullptr, 0, nullptr, nullptr);
}

}  // namespace faultprint::test
