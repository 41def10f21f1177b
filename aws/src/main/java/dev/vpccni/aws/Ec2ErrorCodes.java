package dev.vpccni.aws;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * EC2's error codes as kinds of failure (Amazon EC2 API Reference, "Error codes").
 *
 * <p>The code decides, with the action. The message decides in one place, because EC2 gives no
 * other sign there: a subnet without room may answer {@code InvalidParameterValue}, which also
 * means any other wrong parameter. Identifiers and permissions are read from messages too, but only
 * to be handed on.
 */
final class Ec2ErrorCodes {

    /** What SDKs take for throttling; EC2 itself says {@code RequestLimitExceeded}. */
    private static final Set<String> THROTTLED =
            Set.of(
                    "RequestLimitExceeded",
                    "Throttling",
                    "ThrottlingException",
                    "ThrottledException",
                    "RequestThrottled",
                    "RequestThrottledException",
                    "TooManyRequestsException",
                    "BandwidthLimitExceeded",
                    "EC2ThrottledException",
                    "SlowDown",
                    "PriorRequestNotComplete");

    private static final Pattern INTERFACE = Pattern.compile("eni-[0-9a-f]+");
    private static final Pattern PERMISSION = Pattern.compile("perform: (\\w+:\\w+)");
    private static final String NO_ROOM = "sufficient free";

    private Ec2ErrorCodes() {}

    /**
     * @param subject the interface that the request is about, if there is just one
     * @param sent whether any of the request may have left
     * @param endpoint who was asked, for whoever has to find out why there was no answer
     */
    static Ec2Exception translated(
            Ec2Action action,
            @Nullable InterfaceId subject,
            boolean sent,
            String endpoint,
            SdkException e) {
        if (e instanceof AwsServiceException refused && refused.awsErrorDetails() != null) {
            String code = String.valueOf(refused.awsErrorDetails().errorCode());
            String message = String.valueOf(refused.awsErrorDetails().errorMessage());
            return new Ec2Exception(
                    action.wireName(),
                    refusal(action, subject, code, message, refused.statusCode()),
                    code + ": " + message,
                    e);
        }
        if (CredentialSource.isMissing(e)) {
            return new Ec2Exception(
                    action.wireName(), new Ec2Failure.NoCredentials(), ownWords(e), e);
        }
        return new Ec2Exception(
                action.wireName(),
                sent ? doubtful(action) : new Ec2Failure.Unavailable(),
                "no answer from " + endpoint + ": " + ownWords(e),
                e);
    }

    /** An answer that says neither what was asked nor that it failed. */
    static Ec2Exception unreadable(Ec2Action action, RuntimeException e) {
        return new Ec2Exception(
                action.wireName(), doubtful(action), "the answer is not understood: " + e, e);
    }

    /** What happened first, without what the SDK adds to it at each level. */
    private static String ownWords(SdkException e) {
        Throwable first = e;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        String message = first.getMessage();
        return message == null || first instanceof UnknownHostException
                ? first.toString()
                : message;
    }

    private static Ec2Failure refusal(
            Ec2Action action,
            @Nullable InterfaceId subject,
            String code,
            String message,
            int status) {
        if (THROTTLED.contains(code)) {
            return new Ec2Failure.Throttled();
        }
        return switch (code) {
            case "InsufficientFreeAddressesInSubnet" -> new Ec2Failure.SubnetFull();
            case "InsufficientCidrBlocks" -> new Ec2Failure.Fragmented();
            case "AttachmentLimitExceeded",
                    "PrivateIpAddressLimitExceeded",
                    "InvalidInterface.IpAddressLimitExceeded",
                    "NetworkInterfaceLimitExceeded" ->
                    new Ec2Failure.LimitExceeded();
            case "IncorrectState", "IncorrectInstanceState", "InvalidNetworkInterface.InUse" ->
                    new Ec2Failure.WrongState();
            case "UnauthorizedOperation", "AccessDenied", "AccessDeniedException" ->
                    new Ec2Failure.Denied(permission(action, message));
            case "AuthFailure",
                    "RequestExpired",
                    "ExpiredToken",
                    "InvalidClientTokenId",
                    "MissingAuthenticationToken",
                    "SignatureDoesNotMatch",
                    "UnrecognizedClientException" ->
                    new Ec2Failure.NoCredentials();
            case "InvalidNetworkInterfaceID.NotFound" -> gone(subject, message);
            case "InvalidParameterValue" -> invalidValue(action, message);
            case "Unavailable", "ServiceUnavailable" -> new Ec2Failure.Unavailable();
            default -> {
                if (code.endsWith(".NotFound")) {
                    yield new Ec2Failure.Gone(null);
                }
                if (status == 401) { // whose body, with the code, the HTTP client does not show
                    yield new Ec2Failure.NoCredentials();
                }
                if (status == 503) {
                    yield new Ec2Failure.Unavailable();
                }
                yield status >= 500 ? doubtful(action) : new Ec2Failure.Rejected(code);
            }
        };
    }

    /**
     * To delete an interface, or to attach one, the other parameters are identifiers that have
     * codes of their own: what remains is that the interface is in use, or the device index.
     */
    private static Ec2Failure invalidValue(Ec2Action action, String message) {
        if (message.contains(NO_ROOM)) {
            return new Ec2Failure.SubnetFull();
        }
        return switch (action) {
            case DELETE_INTERFACE -> new Ec2Failure.WrongState();
            case ATTACH_INTERFACE -> new Ec2Failure.DeviceTaken();
            default -> new Ec2Failure.Rejected("InvalidParameterValue");
        };
    }

    private static Ec2Failure gone(@Nullable InterfaceId subject, String message) {
        if (subject != null) {
            return new Ec2Failure.Gone(subject);
        }
        Matcher named = INTERFACE.matcher(message);
        return new Ec2Failure.Gone(named.find() ? new InterfaceId(named.group()) : null);
    }

    private static String permission(Ec2Action action, String message) {
        Matcher named = PERMISSION.matcher(message);
        return named.find() ? named.group(1) : "ec2:" + action.wireName();
    }

    /** Nobody knows whether it happened; what only reads did nothing in any case. */
    private static Ec2Failure doubtful(Ec2Action action) {
        return action.isRead() ? new Ec2Failure.Unavailable() : new Ec2Failure.Ambiguous();
    }
}
