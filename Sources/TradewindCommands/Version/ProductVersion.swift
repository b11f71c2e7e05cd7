/// Which Tradewind this is.
public enum ProductVersion {
    /// Semantic version of the product.
    public static let text = "0.1.0"
}
