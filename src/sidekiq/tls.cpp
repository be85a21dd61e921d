#include "src/sidekiq/tls.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <fmt/format.h>
#include <limits>
#include <new>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

namespace snow_white::sidekiq {

// OpenSSL's own BIO for sockets raises SIGPIPE when the server has gone. This one also ends a call
// whose time is over: OpenSSL reads on by itself for as long as a server sends what it skips.
struct TlsCallbacks {
    static int write(BIO* bio, const char* bytes, int size) {
        BIO_clear_retry_flags(bio);
        const ssize_t sent = send(self(bio).descriptor_.number(), bytes,
                                  static_cast<std::size_t>(size), MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
        return static_cast<int>(sent);
    }

    static int read(BIO* bio, char* bytes, int size) {
        BIO_clear_retry_flags(bio);
        if (is_over(self(bio).deadline_, self(bio).clock_)) {
            BIO_set_retry_read(bio); // repeat() sees the same
            return -1;
        }
        const ssize_t got =
            recv(self(bio).descriptor_.number(), bytes, static_cast<std::size_t>(size), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
        return static_cast<int>(got);
    }

    static long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }

    static TlsSocket& self(BIO* bio) { return *static_cast<TlsSocket*>(BIO_get_data(bio)); }
};

namespace {

const BIO_METHOD* socket_method() {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
        if (made == nullptr) throw std::bad_alloc();
        BIO_meth_set_write(made, &TlsCallbacks::write);
        BIO_meth_set_read(made, &TlsCallbacks::read);
        BIO_meth_set_ctrl(made, &TlsCallbacks::control);
        return made;
    }();
    return method;
}

constexpr const char* no_tls = "does not speak TLS: write redis:// instead of rediss://, or the "
                               "port that has TLS";

bool is_ip_address(const std::string& host) {
    in6_addr ignored{};
    return inet_pton(AF_INET, host.c_str(), &ignored) == 1 ||
           inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

bool expect_name(SSL* session, const std::string& host) {
    X509_VERIFY_PARAM* const wanted = SSL_get0_param(session);
    if (is_ip_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(session, host.c_str()) == 1 &&
           SSL_set_tlsext_host_name(session, host.c_str()) == 1;
}

std::string words_of_certificate(long result) {
    switch (result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "has a certificate of another name: write the name that is in the certificate";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "has a certificate that is not valid at this time: check it, and this machine's "
               "clock";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        return "has a certificate of an authority that is not trusted here: name the file of its "
               "CA in SSL_CERT_FILE";
    default:
        return fmt::format("has a certificate that is refused: {}",
                           X509_verify_cert_error_string(result));
    }
}

constexpr const char* closed_in_handshake =
    "closed the connection in the TLS handshake: check the port, and write redis:// if it has no "
    "TLS";

// OpenSSL's error; a server chooses some of them.
std::string words_of_error(unsigned long error) {
    switch (ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
        return no_tls;
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
        return "wants a certificate of its clients, which a URL cannot give: set tls-auth-clients "
               "to no or optional in Redis";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return "speaks no TLS of version 1.2 or later";
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
        return closed_in_handshake;
    default:
        // An alert with a number that TLS does not know has no words.
        const char* const words = ERR_reason_error_string(error);
        return fmt::format("ended TLS: {}",
                           words != nullptr ? words : fmt::format("error {:x}", error));
    }
}

int size_of(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

} // namespace

tl::expected<TlsContext, std::string> make_tls_context(const std::string& ca_file) {
    TlsContext context(SSL_CTX_new(TLS_client_method()));
    if (!context) throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    // OpenSSL's own buffers hold the password and jobs: it overwrites what was read.
    SSL_CTX_set_options(context.get(), SSL_OP_CLEANSE_PLAINTEXT);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    if (SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) == 1) return context;
    ERR_clear_error();
    return tl::unexpected(fmt::format(
        "cannot be trusted: the CA certificates in {} cannot be read; name a file in SSL_CERT_FILE",
        ca_file.empty() ? "/etc/ssl/certs" : ca_file));
}

TlsSocket::TlsSocket(SSL_CTX& context, Descriptor descriptor, const Clock& clock)
    : descriptor_(std::move(descriptor)), clock_(clock), session_(SSL_new(&context)) {
    BIO* const bio = BIO_new(socket_method());
    if (!session_ || bio == nullptr) throw std::bad_alloc();
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(session_.get(), bio, bio);
}

template <typename Call>
tl::expected<TlsSocket::Step, std::string> TlsSocket::repeat(Call call, Duration deadline) {
    deadline_ = deadline;
    for (;;) {
        ERR_clear_error();
        errno = 0;
        const int result = call();
        const int error = result > 0 ? SSL_ERROR_NONE : SSL_get_error(session_.get(), result);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
            return Step{result, error};
        const short events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
        if (auto why = wait_for(descriptor_, events, deadline, clock_))
            return tl::unexpected(std::move(*why));
    }
}

std::string TlsSocket::words_of(const Step& step) const {
    const int of_system = errno;
    const unsigned long error = ERR_peek_error();
    const long certificate = SSL_get_verify_result(session_.get());
    if (certificate != X509_V_OK) return words_of_certificate(certificate);
    if (step.error == SSL_ERROR_SSL && error != 0) return words_of_error(error);
    return of_system != 0 && !is_closed(of_system) ? words_of_errno(of_system)
                                                   : closed_in_handshake;
}

tl::expected<void, std::string> TlsSocket::connect(const std::string& host, Duration deadline) {
    if (!expect_name(session_.get(), host))
        return tl::unexpected<std::string>("has a name that TLS cannot check: check it");
    const auto step = repeat([this] { return SSL_connect(session_.get()); }, deadline);
    if (step && step->error == SSL_ERROR_NONE) return {};
    if (step) return tl::unexpected(words_of(*step));
    // A Redis without TLS takes the handshake for the beginning of a command.
    const bool silent = !clock_.interrupted() && clock_.elapsed() >= deadline;
    return tl::unexpected(silent ? "does not answer the TLS handshake: if it has no TLS, write "
                                   "redis:// instead of rediss://"
                                 : step.error());
}

tl::expected<void, std::string> TlsSocket::write(std::string_view bytes, Duration timeout) {
    const Duration deadline = clock_.elapsed() + timeout;
    while (!bytes.empty()) {
        const auto step =
            repeat([&] { return SSL_write(session_.get(), bytes.data(), size_of(bytes.size())); },
                   deadline);
        if (!step) return tl::unexpected(step.error());
        if (step->error == SSL_ERROR_SYSCALL && is_closed(errno)) return {};
        if (step->error != SSL_ERROR_NONE) return tl::unexpected(words_of(*step));
        bytes.remove_prefix(static_cast<std::size_t>(step->result));
    }
    return {};
}

tl::expected<std::size_t, std::string> TlsSocket::read(std::span<char> buffer, Duration timeout) {
    const auto step =
        repeat([&] { return SSL_read(session_.get(), buffer.data(), size_of(buffer.size())); },
               clock_.elapsed() + timeout);
    if (!step) return tl::unexpected(step.error());
    if (step->error == SSL_ERROR_NONE) return static_cast<std::size_t>(step->result);
    // Redis may close without TLS's own end.
    const bool end_of_tcp = step->error == SSL_ERROR_SYSCALL && (errno == 0 || errno == ECONNRESET);
    if (step->error == SSL_ERROR_ZERO_RETURN || end_of_tcp) return std::size_t{0};
    return tl::unexpected(words_of(*step));
}

} // namespace snow_white::sidekiq
