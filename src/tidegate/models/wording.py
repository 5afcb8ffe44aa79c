"""Wording: the words of the model card in English and Vietnamese."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Model card",
        "intro": "This model gives each line a calibrated probability that something unlawful would be"
        " found if it were opened.",
        "window": "Learned from lines lodged",
        "labels": "Labelled lines",
        "illicit": "illicit",
        "repeated": "Lines that repeat another record (goods, way, tariff, mass)",
        "memory": "What was found in a copy is used as evidence of its own.",
        "no_memory": "What was found in a copy is not used: copies do not agree beyond what the rest says.",
        "tested": "How well it did on the last part of time",
        "tested_how": "Learned on the lines before and asked about those lodged {first} to {last}, which it"
        " had not seen. The model in this folder was then learned again on all lines.",
        "untested": "Not tested: too few labels, or too few days, to set a last part of time aside.",
        "all": "All lines",
        "new_records": "Lines that repeat no earlier record",
        "lines": "lines",
        "opened": "Opened",
        "precision": "Precision",
        "recall": "Recall",
        "revenue": "Revenue caught",
        "plot": "Calibration: expected against found",
        "expected": "Expected",
        "seen": "Found",
        "features": "What it goes by",
        "features_how": "Mean size of the contribution in log-odds, over a sample of the lines it learned from.",
        "feature": "Field or combination",
        "weight": "Weight",
        "limits": "What it cannot know",
        "bias": "Findings exist only for lines that were opened. Where officers opened by suspicion, "
        "the model learns their suspicion too, and says little of trade that nobody opens. "
        "Random draws with known probability are the remedy: keep them, and pass their "
        "weights when training. A score is a reason to look, never a proof.",
    },
    "vi": {
        "title": "Thẻ mô hình",
        "intro": "Mô hình cho mỗi dòng hàng một xác suất đã hiệu chỉnh rằng sẽ phát hiện vi phạm nếu kiểm tra thực tế.",
        "window": "Học từ các dòng hàng đăng ký trong khoảng",
        "labels": "Số dòng hàng đã có kết quả kiểm tra",
        "illicit": "có vi phạm",
        "repeated": "Dòng hàng lặp lại hồ sơ khác (mặt hàng, tuyến, thuế, trọng lượng)",
        "memory": "Kết quả kiểm tra của hồ sơ trùng được dùng làm bằng chứng riêng.",
        "no_memory": "Kết quả của hồ sơ trùng không được dùng: các hồ sơ trùng không thống nhất hơn mức mô"
        " hình đã biết.",
        "tested": "Kết quả thử trên giai đoạn cuối",
        "tested_how": "Học trên các dòng hàng trước đó và chấm điểm các dòng đăng ký từ {first} đến {last} "
        "mà mô hình chưa thấy. Sau đó mô hình trong thư mục này được học lại trên toàn bộ "
        "dòng hàng.",
        "untested": "Chưa thử: quá ít kết quả kiểm tra hoặc quá ít ngày để tách riêng giai đoạn cuối.",
        "all": "Tất cả dòng hàng",
        "new_records": "Dòng hàng không trùng hồ sơ trước",
        "lines": "dòng hàng",
        "opened": "Tỷ lệ kiểm tra",
        "precision": "Tỷ lệ phát hiện",
        "recall": "Độ bao phủ vi phạm",
        "revenue": "Số thuế thu được",
        "plot": "Hiệu chỉnh: dự báo so với thực tế",
        "expected": "Dự báo",
        "seen": "Thực tế",
        "features": "Mô hình dựa vào đâu",
        "features_how": "Độ lớn trung bình của đóng góp (log-odds) trên một mẫu dòng hàng đã học.",
        "feature": "Chỉ tiêu hoặc tổ hợp",
        "weight": "Trọng số",
        "limits": "Điều mô hình không thể biết",
        "bias": "Chỉ những dòng hàng đã kiểm tra mới có kết quả. Nếu cán bộ chọn kiểm tra theo nghi "
        "ngờ, mô hình học luôn sự nghi ngờ đó và biết rất ít về phần hàng hóa chưa ai kiểm "
        "tra. Cách khắc phục là duy trì lựa chọn ngẫu nhiên với xác suất biết trước và đưa "
        "trọng số đó vào khi huấn luyện. Điểm số là lý do để xem xét, không phải bằng chứng "
        "vi phạm.",
    },
}
